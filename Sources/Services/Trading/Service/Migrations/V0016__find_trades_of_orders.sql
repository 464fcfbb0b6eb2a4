-- An order's trades, without reading all of its account's.
CREATE INDEX trades_by_order ON trades (order_id, sequence);
