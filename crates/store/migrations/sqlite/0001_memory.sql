-- A tenant's memory. Every `body`, `wrapped`, `reason` and `error` is a sealed blob; ids are twelve bytes; times are
-- milliseconds since 1970. What an erased customer leaves behind has null in their place.

CREATE TABLE log_position (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    next_seq INTEGER NOT NULL
) STRICT;
INSERT INTO log_position (id, next_seq) VALUES (1, 0);

-- Keys, wrapped by the master key. purpose: 1 data, 2 blind index.
CREATE TABLE sealing_key (
    kid INTEGER PRIMARY KEY,
    purpose INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Registry objects as they are now.
CREATE TABLE object (
    kind INTEGER NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

-- Registry objects as they were; a version without a body is a deletion.
CREATE TABLE object_version (
    position INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body BLOB
) STRICT;
CREATE INDEX object_version_of ON object_version (kind, id, position);

CREATE TABLE agent (
    id BLOB PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

-- key: where the customer's key is.
CREATE TABLE customer (
    id BLOB PRIMARY KEY,
    key INTEGER,
    body BLOB
) STRICT;

-- Customers' own keys, wrapped by a data key, whose number `wrapped` names. Rows are appended, never deleted, and
-- replaced or erased in the same length: so they stay on their page and place, and no copy is left behind when a tree
-- is rebalanced, which happens to rows that come, go, grow or stand between others.
CREATE TABLE customer_key (
    position INTEGER PRIMARY KEY,
    wrapped BLOB NOT NULL
) STRICT;

CREATE INDEX customer_present ON customer (id) WHERE body IS NOT NULL;

-- Under which keyed hashes customers are found.
CREATE TABLE identity (
    hash BLOB NOT NULL,
    customer BLOB NOT NULL,
    PRIMARY KEY (hash, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_of ON identity (customer);

CREATE TABLE conversation (
    id BLOB PRIMARY KEY,
    customer BLOB NOT NULL,
    live INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    closed_at INTEGER,
    body BLOB
) STRICT;
CREATE INDEX conversation_live ON conversation (id) WHERE live = 1;
CREATE INDEX conversation_of ON conversation (customer, id);

-- The log. message: keyed hash of a message's id, of messages only.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    conversation BLOB NOT NULL,
    customer BLOB NOT NULL,
    session BLOB,
    fact INTEGER NOT NULL,
    message INTEGER,
    body BLOB
) STRICT;
CREATE INDEX event_of ON event (conversation, seq);
CREATE INDEX event_message ON event (message) WHERE message IS NOT NULL;

-- Requests seen, oldest first, and what they were answered.
CREATE TABLE request (
    position INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    accepted BLOB NOT NULL
) STRICT;

-- The outbox. connector: whom it is for, in a lane of kind 3 a bot. lane_kind: 1 session, 2 configuration of a channel,
-- 3 conversation with its bot. status: 0 pending (moment: due), 1 delivered,
-- 2 dead, 3 superseded (moment: when). via: 1 webhook, 2 feed. version: of a pushed configuration.
CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    connector BLOB NOT NULL,
    lane_kind INTEGER NOT NULL,
    lane BLOB NOT NULL,
    event INTEGER,
    conversation BLOB,
    customer BLOB,
    version INTEGER,
    previous INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    status INTEGER NOT NULL,
    moment INTEGER NOT NULL,
    via INTEGER,
    reason BLOB
) STRICT;
CREATE INDEX entry_feed ON entry (connector, seq);
CREATE INDEX entry_event ON entry (event) WHERE event IS NOT NULL;
CREATE INDEX entry_pending ON entry (seq, connector) WHERE status = 0;
CREATE INDEX entry_dead ON entry (seq, connector, conversation, created_at) WHERE status = 2;
CREATE INDEX entry_configuration ON entry (lane, seq) WHERE lane_kind = 2;

-- customer: with whose key the error is sealed; the tenant's when null.
CREATE TABLE attempt (
    entry INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    status INTEGER,
    customer BLOB,
    error BLOB,
    PRIMARY KEY (entry, number)
) STRICT, WITHOUT ROWID;
