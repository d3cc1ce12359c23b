-- Who did what. actor_kind: 0 Tieline, 1 a user, 2 a stranger. customer: with whose key the body is sealed; the tenant's when
-- null. Records are added and nothing else, but where the store itself keeps house and says so in the gate.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor_kind INTEGER NOT NULL,
    actor BLOB,
    deed INTEGER NOT NULL,
    subject BLOB,
    customer BLOB,
    body BLOB
) STRICT;
CREATE INDEX audit_by ON audit (actor, seq) WHERE actor IS NOT NULL;
CREATE INDEX audit_of ON audit (subject, seq) WHERE subject IS NOT NULL;

CREATE TABLE audit_gate (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    open INTEGER NOT NULL
) STRICT;
INSERT INTO audit_gate (id, open) VALUES (1, 0);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit WHEN (SELECT open FROM audit_gate WHERE id = 1) = 0
BEGIN SELECT RAISE(ABORT, 'the audit trail is not changed'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit WHEN (SELECT open FROM audit_gate WHERE id = 1) = 0
BEGIN SELECT RAISE(ABORT, 'the audit trail is not removed'); END;
