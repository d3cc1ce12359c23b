-- Dead letters somebody has seen to are listed on request.
CREATE INDEX entry_resolved ON entry (seq, connector, conversation, created_at) WHERE status = 4;
