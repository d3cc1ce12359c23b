-- What the log's events and the requests seen are found by, in tables of its own: rows are appended with every message, and
-- what they are found by is written later, much of it together and in order (`sqlite/tail.rs`).

-- Up to here everything is in the tables below: events by seq, requests by position. purged: no position up to here is given
-- to another request.
CREATE TABLE gathered (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    event INTEGER NOT NULL,
    request INTEGER NOT NULL,
    purged INTEGER NOT NULL
) STRICT;

CREATE TABLE event_by_conversation (
    conversation BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE event_by_message (
    message INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (message, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE request_by_key (
    key BLOB NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (key, position)
) STRICT, WITHOUT ROWID;

-- As it was, but for the index that came with its keys being unique.
ALTER TABLE request RENAME TO former_request;
CREATE TABLE request (
    position INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    at INTEGER NOT NULL,
    accepted BLOB NOT NULL
) STRICT;
INSERT INTO request (position, key, at, accepted)
    SELECT position, key, at, accepted FROM former_request ORDER BY position;
DROP TABLE former_request;

INSERT INTO event_by_conversation (conversation, seq) SELECT conversation, seq FROM event ORDER BY conversation, seq;
INSERT INTO event_by_message (message, seq)
    SELECT message, seq FROM event WHERE message IS NOT NULL ORDER BY message, seq;
INSERT INTO request_by_key (key, position) SELECT key, position FROM request ORDER BY key;
INSERT INTO gathered (id, event, request, purged) VALUES (1,
    coalesce((SELECT max(seq) FROM event), 0), coalesce((SELECT max(position) FROM request), 0), 0);
DROP INDEX event_of;
DROP INDEX event_message;
