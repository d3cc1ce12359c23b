//! Every statement, as text. A test prepares each on a migrated database.

macro_rules! statements {
    ($($name:ident = $text:expr;)*) => {
        $(pub(super) const $name: &str = $text;)*

        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name),)*];
    };
}

macro_rules! event_columns {
    () => {
        "seq, at, conversation, customer, session, fact, message, body"
    };
}

macro_rules! audit_columns {
    () => {
        "seq, at, actor_kind, actor, deed, subject, customer, body"
    };
}

macro_rules! entry_columns {
    () => {
        "seq, connector, lane_kind, lane, event, conversation, customer, version, previous, created_at, attempts, \
         status, moment, via, reason"
    };
}

macro_rules! customer_columns {
    () => {
        "had.id, own.wrapped, had.body, had.survivor FROM customer AS had \
         LEFT JOIN customer_key AS own ON own.position = had.key"
    };
}

/// A customer, as a parameter, and everybody he stands for.
macro_rules! family {
    ($customer:literal) => {
        concat!(
            "WITH RECURSIVE family (id) AS (VALUES (",
            $customer,
            ") UNION SELECT behind.id FROM family JOIN customer AS behind ON behind.survivor = family.id) "
        )
    };
}

macro_rules! finished_columns {
    () => {
        "closed_at, task, conversation, channel, queue, mrd, agent, direction, mode, priority, queued_at, offered_at, \
         answered_at, wrapped_ms, held_ms, ending"
    };
}

macro_rules! conversation_columns {
    () => {
        "id, customer, live, started_at, closed_at, body"
    };
}

statements! {
    KEYS = "SELECT kid, purpose, wrapped, created_at FROM sealing_key ORDER BY kid";
    KEY_PUT = "INSERT INTO sealing_key (kid, purpose, wrapped, created_at) VALUES (?1, ?2, ?3, ?4) \
        ON CONFLICT (kid) DO UPDATE SET wrapped = excluded.wrapped";

    KEY_DELETE = "DELETE FROM sealing_key WHERE kid = ?1";
    DATA_KIDS = "SELECT kid FROM sealing_key WHERE purpose = 1 ORDER BY kid";

    ENDS = "SELECT coalesce((SELECT max(position) FROM object_version), 0), \
        coalesce((SELECT max(seq) FROM entry), 0), coalesce((SELECT max(seq) FROM audit), 0), \
        (SELECT max(id) FROM customer)";

    NEXT_SEQ = "SELECT next_seq FROM log_position WHERE id = 1";
    NEXT_SEQ_RAISE = "UPDATE log_position SET next_seq = ?1 WHERE id = 1 AND next_seq < ?1";

    OBJECTS = "SELECT kind, id, version, at, body FROM object ORDER BY kind, id";
    OBJECT_PUT = "INSERT INTO object (kind, id, version, at, body) VALUES (?1, ?2, ?3, ?4, ?5) \
        ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, at = excluded.at, body = excluded.body";
    // An id may come back and count its versions from 1 again; no two sealed bodies are the same.
    OBJECT_RESEAL = "UPDATE object SET body = ?4 WHERE kind = ?1 AND id = ?2 AND body = ?3";
    OBJECT_DELETE = "DELETE FROM object WHERE kind = ?1 AND id = ?2";
    OBJECT_VERSION_ADD = "INSERT INTO object_version (kind, id, version, at, body) VALUES (?1, ?2, ?3, ?4, ?5)";
    OBJECT_VERSION_AMEND = "UPDATE object_version SET version = ?3, at = ?4, body = ?5 WHERE position = \
        (SELECT max(position) FROM object_version WHERE kind = ?1 AND id = ?2)";
    OBJECT_VERSION_RESEAL = "UPDATE object_version SET body = ?2 WHERE position = ?1";
    OBJECT_VERSIONS = "SELECT kind, id, version, at, body FROM object_version WHERE kind = ?1 AND id = ?2 \
        ORDER BY position DESC LIMIT ?3";
    OBJECT_HISTORY = "SELECT kind, id, version, at, body, position FROM object_version WHERE position > ?1 \
        ORDER BY position LIMIT ?2";

    AGENTS = "SELECT id, body FROM agent ORDER BY id";
    AGENT_PUT = "INSERT INTO agent (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = excluded.body";
    AGENT_DELETE = "DELETE FROM agent WHERE id = ?1";

    CUSTOMER = concat!("SELECT ", customer_columns!(), " WHERE had.id = ?1");
    CUSTOMERS = concat!("SELECT ", customer_columns!(), " \
        WHERE had.body IS NOT NULL AND had.id > ?1 ORDER BY had.id LIMIT ?2");
    CUSTOMERS_LISTED = concat!("SELECT ", customer_columns!(), " \
        WHERE had.body IS NOT NULL AND had.survivor IS NULL AND had.id > ?1 ORDER BY had.id LIMIT ?3 OFFSET ?2");
    CUSTOMERS_LISTED_COUNT = "SELECT count(*) FROM customer WHERE body IS NOT NULL AND survivor IS NULL";
    CUSTOMER_ADD = "INSERT INTO customer (id, key, body, survivor) VALUES (?1, ?2, ?3, ?4)";
    // Nearly every write leaves the survivor as it is; this spares the indexes.
    CUSTOMER_BODY = "UPDATE customer SET body = ?2 WHERE id = ?1 AND survivor IS ?3";
    CUSTOMER_BODY_SURVIVOR = "UPDATE customer SET body = ?2, survivor = ?3 WHERE id = ?1";
    CUSTOMER_KEY_ADD = "INSERT INTO customer_key (wrapped) VALUES (?1)";
    CUSTOMER_KEY_SET = "UPDATE customer_key SET wrapped = ?2 \
        WHERE position = (SELECT key FROM customer WHERE id = ?1)";
    CUSTOMER_KEY_ERASE = "UPDATE customer_key SET wrapped = zeroblob(length(wrapped)) \
        WHERE position = (SELECT key FROM customer WHERE id = ?1)";
    CUSTOMER_ERASE = "UPDATE customer SET key = NULL, body = NULL, survivor = NULL WHERE id = ?1";
    CUSTOMER_ERASE_CONVERSATIONS = "UPDATE conversation SET live = 0, body = NULL WHERE customer = ?1";
    HOLDERS = "SELECT customer FROM identity WHERE hash = ?1 AND customer > ?2 ORDER BY customer LIMIT ?3";
    IDENTITIES_CLEAR = "DELETE FROM identity WHERE customer = ?1";
    IDENTITY_ADD = "INSERT INTO identity (hash, customer) VALUES (?1, ?2)";

    CONVERSATION = concat!("SELECT ", conversation_columns!(), " FROM conversation WHERE id = ?1");
    CONVERSATIONS = concat!("SELECT ", conversation_columns!(), " FROM conversation \
        WHERE body IS NOT NULL AND id < ?1 ORDER BY id DESC LIMIT ?2");
    CONVERSATIONS_LIVE = concat!("SELECT ", conversation_columns!(), " FROM conversation \
        WHERE live = 1 AND body IS NOT NULL AND id < ?1 ORDER BY id DESC LIMIT ?2");
    CONVERSATIONS_OF = concat!(family!("?3"), "SELECT ", conversation_columns!(), " FROM conversation \
        WHERE id IN (SELECT had.id FROM family JOIN conversation AS had ON had.customer = family.id \
        WHERE had.id < ?1 AND had.live >= ?4 AND had.body IS NOT NULL ORDER BY had.id DESC LIMIT ?2) \
        ORDER BY id DESC");
    // Nearly every write of a conversation changes its body alone; this spares the indexes.
    CONVERSATION_BODY = "UPDATE conversation SET body = ?1 \
        WHERE id = ?2 AND customer = ?3 AND live = ?4 AND closed_at IS ?5";
    CONVERSATION_PUT = concat!("INSERT INTO conversation (", conversation_columns!(), ") \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, \
        live = excluded.live, started_at = excluded.started_at, closed_at = excluded.closed_at, \
        body = excluded.body");

    CONVERSATIONS_ENDED = "SELECT id FROM conversation WHERE id > ?1 AND id < ?2 AND live = 0 AND closed_at < ?3 \
        AND id NOT IN (SELECT conversation FROM entry WHERE status = 0 AND conversation IS NOT NULL) \
        ORDER BY id LIMIT ?4";
    CONVERSATION_DELETE = "DELETE FROM conversation WHERE id = ?1";

    MARKED = "SELECT conversation FROM conversation_mark WHERE mark = ?1 AND conversation < ?2 \
        ORDER BY conversation DESC LIMIT ?3";
    MARK_ADD = "INSERT OR IGNORE INTO conversation_mark (mark, conversation) VALUES (?1, ?2)";
    MARK_DELETE = "DELETE FROM conversation_mark WHERE mark = ?1 AND conversation = ?2";

    EVENT = concat!("SELECT ", event_columns!(), " FROM event WHERE seq = ?1");
    EVENTS_AFTER = concat!("SELECT ", event_columns!(), " FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    EVENTS = concat!("SELECT ", event_columns!(), " FROM event_by_conversation CROSS JOIN event USING (conversation, seq) \
        WHERE conversation = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4");
    EVENTS_BEFORE = concat!("SELECT ", event_columns!(), " FROM event_by_conversation CROSS JOIN event USING (conversation, seq) \
        WHERE conversation = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3");
    // The inner query reads indexes only; rows are fetched for the few that are wanted.
    EVENTS_OF_CUSTOMER = concat!(family!("?1"), "SELECT ", event_columns!(), " FROM event WHERE seq IN ( \
        SELECT log.seq FROM family JOIN conversation AS had ON had.customer = family.id \
        JOIN event_by_conversation AS log ON log.conversation = had.id \
        WHERE had.id IS NOT ?2 AND log.seq < ?3 ORDER BY log.seq DESC LIMIT ?4) \
        ORDER BY seq DESC");
    CONVERSATIONS_OF_FAMILY = concat!(family!("?1"), "SELECT had.id FROM family \
        JOIN conversation AS had ON had.customer = family.id WHERE had.id IS NOT ?2");
    EVENTS_BY_MESSAGE = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE seq IN (SELECT seq FROM event_by_message WHERE message = ?1) ORDER BY seq");
    EVENT_REHOME = "UPDATE event SET customer = ?2, body = ?3 WHERE seq = ?1";
    EVENT_ADD = concat!("INSERT INTO event (", event_columns!(), ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

    EVENT_DELETE = "DELETE FROM event WHERE seq = ?1";
    CONVERSATION_FORGET = "DELETE FROM event_by_conversation WHERE conversation = ?1 AND seq = ?2";
    MESSAGE_FORGET = "DELETE FROM event_by_message WHERE message = ?1 AND seq = ?2";

    GATHERED = "SELECT event, request FROM gathered WHERE id = 1";
    GATHERED_RAISE = "UPDATE gathered SET event = max(event, ?1), request = max(request, ?2) WHERE id = 1";
    EVENTS_FOUND_BY = "SELECT seq, conversation, message FROM event WHERE seq > ?1 ORDER BY seq";
    REQUESTS_FOUND_BY = "SELECT position, key FROM request WHERE position > ?1 ORDER BY position";
    FIND_BY_CONVERSATION = "INSERT OR IGNORE INTO event_by_conversation (conversation, seq) VALUES (?1, ?2)";
    FIND_BY_MESSAGE = "INSERT OR IGNORE INTO event_by_message (message, seq) VALUES (?1, ?2)";
    FIND_BY_KEY = "INSERT OR IGNORE INTO request_by_key (key, position) VALUES (?1, ?2)";

    // A key that comes again after its time may still stand at its former position.
    REQUEST = "SELECT accepted FROM request_by_key JOIN request USING (position) WHERE request_by_key.key = ?1 \
        ORDER BY position DESC LIMIT 1";
    REQUEST_AT = "SELECT accepted FROM request WHERE position = ?1 AND key = ?2";
    REQUESTS_AFTER = "SELECT position, key, at FROM request WHERE position > ?1 ORDER BY position LIMIT ?2";
    // A repeated key gets a new position, so that positions stay in the order of time. None is ever given out again: whoever
    // follows the requests by their positions would not see it.
    REQUEST_PUT = "INSERT INTO request (position, key, at, accepted) VALUES (1 + max( \
        coalesce((SELECT max(position) FROM request), 0), (SELECT purged FROM gathered WHERE id = 1)), ?1, ?2, ?3)";
    REQUESTS_PURGED_UNTIL = "SELECT max(position) FROM (SELECT position, at FROM request ORDER BY position LIMIT ?2) \
        WHERE at < ?1";
    REQUESTS_PURGE_KEYS = "DELETE FROM request_by_key WHERE (key, position) IN ( \
        SELECT key, position FROM request WHERE position <= ?2 AND at < ?1)";
    REQUESTS_PURGE = "DELETE FROM request WHERE position <= ?2 AND at < ?1";
    // What is gone need not be gathered; where a clock was put back, something may be left.
    REQUESTS_PURGED = "UPDATE gathered SET purged = max(purged, ?1), request = CASE \
        WHEN EXISTS (SELECT 1 FROM request WHERE position <= ?1) THEN request ELSE max(request, ?1) END WHERE id = 1";

    ENTRY = concat!("SELECT ", entry_columns!(), " FROM entry WHERE seq = ?1");
    ENTRIES_AFTER = concat!("SELECT ", entry_columns!(), " FROM entry WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    ENTRIES_OF_EVENT = concat!("SELECT ", entry_columns!(), " FROM entry WHERE event = ?1 ORDER BY seq");
    FEED = concat!("SELECT ", entry_columns!(), " FROM entry \
        WHERE connector = ?1 AND seq > ?2 AND status < 3 ORDER BY seq LIMIT ?3");
    DEAD = concat!("SELECT ", entry_columns!(), " FROM entry WHERE status = 2 AND seq > ?1 \
        AND (?2 IS NULL OR connector = ?2) AND (?3 IS NULL OR conversation = ?3) \
        AND created_at >= ?4 AND created_at < ?5 ORDER BY seq LIMIT ?6");
    RESOLVED = concat!("SELECT ", entry_columns!(), " FROM entry WHERE status = 4 AND seq > ?1 \
        AND (?2 IS NULL OR connector = ?2) AND (?3 IS NULL OR conversation = ?3) \
        AND created_at >= ?4 AND created_at < ?5 ORDER BY seq LIMIT ?6");
    PENDING = concat!("SELECT ", entry_columns!(), " FROM entry WHERE status = 0 ORDER BY seq");
    PENDING_COUNTS = "SELECT connector, count(*) FROM entry INDEXED BY entry_pending WHERE status = 0 \
        GROUP BY connector ORDER BY connector";
    CONFIGURATION_PUSH = concat!("SELECT ", entry_columns!(), " FROM entry \
        WHERE lane_kind = 2 AND lane = ?1 ORDER BY seq DESC LIMIT 1");
    CONFIGURATION_DELIVERED = concat!("SELECT ", entry_columns!(), " FROM entry \
        WHERE lane_kind = 2 AND lane = ?1 AND status = 1 ORDER BY seq DESC LIMIT 1");
    ENTRY_PUT = concat!("INSERT INTO entry (", entry_columns!(), ") \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) \
        ON CONFLICT (seq) DO UPDATE SET customer = excluded.customer, attempts = excluded.attempts, status = excluded.status, \
        moment = excluded.moment, via = excluded.via, reason = excluded.reason");
    ENTRY_DELETE = "DELETE FROM entry WHERE seq = ?1";

    AUDIT = concat!("SELECT ", audit_columns!(), " FROM audit WHERE seq < ?1 AND (?2 IS NULL OR deed = ?2) \
        AND at >= ?3 AND at < ?4 ORDER BY seq DESC LIMIT ?5");
    AUDIT_BY = concat!("SELECT ", audit_columns!(), " FROM audit WHERE actor = ?6 AND seq < ?1 \
        AND (?2 IS NULL OR deed = ?2) AND at >= ?3 AND at < ?4 AND (?7 IS NULL OR subject = ?7) \
        ORDER BY seq DESC LIMIT ?5");
    AUDIT_OF = concat!("SELECT ", audit_columns!(), " FROM audit WHERE subject = ?6 AND seq < ?1 \
        AND (?2 IS NULL OR deed = ?2) AND at >= ?3 AND at < ?4 ORDER BY seq DESC LIMIT ?5");
    AUDIT_AFTER = concat!("SELECT ", audit_columns!(), " FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    AUDIT_ADD = concat!("INSERT INTO audit (", audit_columns!(), ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    AUDIT_GATE = "UPDATE audit_gate SET open = ?1 WHERE id = 1";
    AUDIT_RESEAL = "UPDATE audit SET body = ?2 WHERE seq = ?1";
    AUDIT_PURGE = "DELETE FROM audit WHERE seq IN ( \
        SELECT seq FROM (SELECT seq, at FROM audit WHERE seq > 0 ORDER BY seq LIMIT ?2) WHERE at < ?1)";

    ATTEMPTS = "SELECT entry, number, at, duration_ms, status, customer, error FROM attempt \
        WHERE entry = ?1 ORDER BY number";
    ATTEMPTS_AFTER = "SELECT entry, number, at, duration_ms, status, customer, error FROM attempt \
        WHERE (entry, number) > (?1, ?2) ORDER BY entry, number LIMIT ?3";
    ATTEMPT_PUT = "INSERT OR REPLACE INTO attempt (entry, number, at, duration_ms, status, customer, error) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    ATTEMPTS_DELETE = "DELETE FROM attempt WHERE entry = ?1";

    TALLY = "SELECT counts FROM tally WHERE kind = ?1 AND interval = ?2 AND subject = ?3";
    TALLIES = "SELECT kind, interval, subject, counts FROM tally WHERE kind = ?1 AND interval >= ?2 AND interval < ?3 \
        ORDER BY interval, subject LIMIT ?4";
    FIRST_INTERVAL = "SELECT interval FROM tally WHERE kind = ?1 AND interval >= ?2 ORDER BY interval LIMIT 1";
    TALLY_PUT = "INSERT INTO tally (kind, interval, subject, counts) VALUES (?1, ?2, ?3, ?4) \
        ON CONFLICT (kind, interval, subject) DO UPDATE SET counts = excluded.counts";
    TALLIES_PURGE = "DELETE FROM tally WHERE kind = ?1 AND (interval, subject) IN ( \
        SELECT interval, subject FROM tally WHERE kind = ?1 AND interval < ?2 ORDER BY interval LIMIT ?3)";

    STATE_CHANGES = "SELECT position, at, agent, what, mrd, reason FROM state_change \
        WHERE (at, position) > (?1, ?2) AND at < ?3 ORDER BY at, position LIMIT ?4";
    STATE_CHANGES_OF = "SELECT position, at, agent, what, mrd, reason FROM state_change \
        WHERE agent = ?5 AND (at, position) > (?1, ?2) AND at < ?3 ORDER BY at, position LIMIT ?4";
    STATE_CHANGE_ADD = "INSERT INTO state_change (at, agent, what, mrd, reason) VALUES (?1, ?2, ?3, ?4, ?5)";
    STATE_CHANGES_PURGE = "DELETE FROM state_change WHERE position IN ( \
        SELECT position FROM state_change WHERE at < ?1 ORDER BY at LIMIT ?2)";

    FINISHED_TASKS = concat!("SELECT position, ", finished_columns!(), " FROM finished_task \
        WHERE (closed_at, position) > (?1, ?2) AND closed_at < ?3 ORDER BY closed_at, position LIMIT ?4");
    FINISHED_TASK_ADD = concat!("INSERT INTO finished_task (", finished_columns!(), ") \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");
    FINISHED_TASKS_PURGE = "DELETE FROM finished_task WHERE position IN ( \
        SELECT position FROM finished_task WHERE closed_at < ?1 ORDER BY closed_at LIMIT ?2)";
}
