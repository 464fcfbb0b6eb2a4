-- The row that orders what happens to an account's orders: who changes one of them locks it first.
CREATE TABLE accounts (
  name text PRIMARY KEY,
  report_sequence bigint NOT NULL DEFAULT 0,
  CONSTRAINT accounts_report_sequence CHECK (report_sequence >= 0)
) WITH (fillfactor = 50);

CREATE TABLE orders (
  id uuid PRIMARY KEY,
  account text NOT NULL CONSTRAINT orders_account REFERENCES accounts (name),
  client_order_id text NOT NULL,
  symbol text NOT NULL,
  side text NOT NULL,
  quantity numeric(38,18) NOT NULL,
  limit_price numeric(38,18) NOT NULL,
  -- NULL: never.
  expires_at timestamptz,
  state text NOT NULL,
  filled_quantity numeric(38,18) NOT NULL,
  filled_notional numeric(38,18) NOT NULL,
  reject_reason text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT orders_client_order_id_length CHECK (length(client_order_id) BETWEEN 1 AND 64),
  CONSTRAINT orders_side CHECK (side IN ('BUY', 'SELL')),
  CONSTRAINT orders_terms CHECK (quantity > 0 AND limit_price > 0),
  CONSTRAINT orders_state CHECK (
    CASE state
      WHEN 'OPEN' THEN filled_quantity = 0
      WHEN 'REJECTED' THEN filled_quantity = 0
      WHEN 'PARTIALLY_FILLED' THEN filled_quantity > 0 AND filled_quantity < quantity
      WHEN 'FILLED' THEN filled_quantity = quantity
      WHEN 'CANCELED' THEN filled_quantity >= 0 AND filled_quantity < quantity
      WHEN 'EXPIRED' THEN filled_quantity >= 0 AND filled_quantity < quantity
      ELSE false
    END),
  CONSTRAINT orders_filled_notional CHECK (
    CASE WHEN filled_quantity = 0 THEN filled_notional = 0 ELSE filled_notional > 0 END),
  CONSTRAINT orders_reject_reason CHECK ((state = 'REJECTED') = (reject_reason IS NOT NULL))
) WITH (fillfactor = 70);

-- A client_order_id is unique among the orders that work, and may come again after that.
CREATE UNIQUE INDEX orders_working_name ON orders (account, client_order_id)
  WHERE state IN ('OPEN', 'PARTIALLY_FILLED');
CREATE INDEX orders_by_name ON orders (account, client_order_id, created_at);
CREATE INDEX orders_working ON orders (symbol) WHERE state IN ('OPEN', 'PARTIALLY_FILLED');

-- What happened to each account's orders, with what of the order it changed.
CREATE TABLE execution_reports (
  account text NOT NULL CONSTRAINT execution_reports_account REFERENCES accounts (name),
  sequence bigint NOT NULL,
  type text NOT NULL,
  order_id uuid NOT NULL CONSTRAINT execution_reports_order REFERENCES orders (id),
  state text NOT NULL,
  filled_quantity numeric(38,18) NOT NULL,
  filled_notional numeric(38,18) NOT NULL,
  execution_id uuid CONSTRAINT execution_reports_execution UNIQUE,
  last_quantity numeric(38,18),
  last_price numeric(38,18),
  reported_at timestamptz NOT NULL,
  PRIMARY KEY (account, sequence),
  CONSTRAINT execution_reports_sequence CHECK (sequence >= 1),
  CONSTRAINT execution_reports_type CHECK (
    type IN ('ACCEPTED', 'REJECTED', 'TRADE', 'CANCELED', 'EXPIRED')),
  CONSTRAINT execution_reports_trade CHECK (
    CASE type
      WHEN 'TRADE' THEN execution_id IS NOT NULL AND last_quantity > 0 AND last_price > 0
      ELSE execution_id IS NULL AND last_quantity IS NULL AND last_price IS NULL
    END)
);

-- Of each symbol the latest quote that was traded on, and how much of its sizes is gone: replicas share it.
CREATE TABLE quotes (
  symbol text PRIMARY KEY,
  sequence bigint NOT NULL,
  bought numeric(38,18) NOT NULL,
  sold numeric(38,18) NOT NULL,
  CONSTRAINT quotes_amounts CHECK (sequence >= 0 AND bought >= 0 AND sold >= 0)
) WITH (fillfactor = 50);
