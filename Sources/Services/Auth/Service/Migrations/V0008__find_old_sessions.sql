-- What is purged: sessions that ended by themselves. For those that were ended there is an index already.
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
CREATE INDEX sessions_last_used_at_idx ON sessions (last_used_at);
