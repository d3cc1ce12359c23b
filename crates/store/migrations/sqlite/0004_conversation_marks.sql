-- Keyed hashes of what closed conversations are found by: who served them, on which queue and channel, how they were wrapped up.
CREATE TABLE conversation_mark (
    mark BLOB NOT NULL,
    conversation BLOB NOT NULL,
    PRIMARY KEY (mark, conversation)
) STRICT, WITHOUT ROWID;
