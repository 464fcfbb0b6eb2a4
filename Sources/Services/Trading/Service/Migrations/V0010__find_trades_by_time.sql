-- An account's trades of a time long ago, without reading all that came since.
CREATE INDEX trades_by_time ON trades (account_id, executed_at);
