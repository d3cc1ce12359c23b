-- What reports are made of: ids, times and numbers.

-- Sums of a quarter of an hour. kind: 1 work, 2 channels, 3 time of agents. interval: when it begins. subject: ids.
-- counts: pairs of a measure's number and its value.
CREATE TABLE tally (
    kind INTEGER NOT NULL,
    interval INTEGER NOT NULL,
    subject BLOB NOT NULL,
    counts BLOB NOT NULL,
    PRIMARY KEY (kind, interval, subject)
) STRICT, WITHOUT ROWID;

-- The log of agents' states. what: logged in, out and so on, and from 10 on the state of a domain.
CREATE TABLE state_change (
    position INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    agent BLOB NOT NULL,
    what INTEGER NOT NULL,
    mrd BLOB,
    reason BLOB
) STRICT;
CREATE INDEX state_change_at ON state_change (at);
CREATE INDEX state_change_of ON state_change (agent, at);

-- Tasks that have ended.
CREATE TABLE finished_task (
    position INTEGER PRIMARY KEY,
    closed_at INTEGER NOT NULL,
    task BLOB NOT NULL,
    conversation BLOB NOT NULL,
    channel BLOB,
    queue BLOB,
    mrd BLOB NOT NULL,
    agent BLOB,
    direction INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    offered_at INTEGER,
    answered_at INTEGER,
    wrapped_ms INTEGER NOT NULL,
    held_ms INTEGER NOT NULL,
    ending INTEGER NOT NULL
) STRICT;
CREATE INDEX finished_task_at ON finished_task (closed_at);
