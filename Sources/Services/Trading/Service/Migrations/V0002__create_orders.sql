-- A change is made from the version that was read, or not at all: whoever lost the race starts over.
CREATE FUNCTION refuse_lost_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION '% is at version %, not at %', TG_TABLE_NAME, OLD.version, NEW.version - 1
      USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NEW;
END
$$;

-- The row that orders an account's changes. Its id is its user's.
CREATE TABLE accounts (
  id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 0,
  order_event_sequence bigint NOT NULL DEFAULT 0,
  trade_sequence bigint NOT NULL DEFAULT 0,
  open_notional numeric(38,18) NOT NULL DEFAULT 0,
  -- The account's own limits; NULL is what the service's settings say.
  max_order_notional numeric(38,18),
  max_position numeric(38,18),
  max_open_notional numeric(38,18),
  CONSTRAINT accounts_counts CHECK (
    version >= 0 AND order_event_sequence >= 0 AND trade_sequence >= 0),
  CONSTRAINT accounts_open_notional CHECK (open_notional >= 0),
  CONSTRAINT accounts_limits CHECK (
    max_order_notional >= 0 AND max_position >= 0 AND max_open_notional >= 0)
) WITH (fillfactor = 50);

CREATE TRIGGER accounts_refuse_lost_update BEFORE UPDATE OF version ON accounts
  FOR EACH ROW EXECUTE FUNCTION refuse_lost_update();

-- No index has the state: every change of an order would have to write it.
CREATE TABLE orders (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL CONSTRAINT orders_account REFERENCES accounts (id),
  client_order_id text NOT NULL,
  symbol text NOT NULL,
  side text NOT NULL,
  quantity numeric(38,18) NOT NULL,
  limit_price numeric(38,18),
  reserved_price numeric(38,18) NOT NULL,
  state text NOT NULL,
  filled_quantity numeric(38,18) NOT NULL,
  filled_notional numeric(38,18) NOT NULL,
  reject_reason text,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT orders_client_order_id UNIQUE (account_id, client_order_id),
  CONSTRAINT orders_client_order_id_length CHECK (length(client_order_id) BETWEEN 1 AND 64),
  CONSTRAINT orders_side CHECK (side IN ('BUY', 'SELL')),
  CONSTRAINT orders_prices CHECK (
    reserved_price > 0 AND (limit_price IS NULL OR limit_price = reserved_price)),
  CONSTRAINT orders_state CHECK (
    CASE state
      WHEN 'PENDING_NEW' THEN filled_quantity = 0
      WHEN 'OPEN' THEN filled_quantity = 0
      WHEN 'REJECTED' THEN filled_quantity = 0
      WHEN 'PARTIALLY_FILLED' THEN filled_quantity > 0 AND filled_quantity < quantity
      WHEN 'FILLED' THEN filled_quantity = quantity
      WHEN 'CANCELED' THEN filled_quantity >= 0 AND filled_quantity < quantity
      WHEN 'EXPIRED' THEN filled_quantity >= 0 AND filled_quantity < quantity
      ELSE false
    END),
  CONSTRAINT orders_quantity CHECK (quantity > 0),
  CONSTRAINT orders_filled_notional CHECK (
    CASE WHEN filled_quantity = 0 THEN filled_notional = 0 ELSE filled_notional > 0 END),
  CONSTRAINT orders_reject_reason CHECK ((state = 'REJECTED') = (reject_reason IS NOT NULL)),
  CONSTRAINT orders_version CHECK (version >= 1)
) WITH (fillfactor = 70);

-- Lists are by owner, newest first: ids sort by the time they were made.
CREATE UNIQUE INDEX orders_by_account ON orders (account_id, id);

CREATE TRIGGER orders_refuse_lost_update BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION refuse_lost_update();

-- The orders that are not in a final state: what a venue, a snapshot and the resumer look for.
CREATE TABLE working_orders (
  symbol text NOT NULL,
  order_id uuid NOT NULL CONSTRAINT working_orders_order REFERENCES orders (id),
  account_id uuid NOT NULL,
  PRIMARY KEY (symbol, order_id)
);

CREATE INDEX working_orders_by_account ON working_orders (account_id);

CREATE TABLE trades (
  id uuid PRIMARY KEY,
  venue_trade_id text NOT NULL CONSTRAINT trades_venue_trade_id UNIQUE,
  order_id uuid NOT NULL CONSTRAINT trades_order REFERENCES orders (id),
  account_id uuid NOT NULL,
  sequence bigint NOT NULL,
  symbol text NOT NULL,
  side text NOT NULL,
  quantity numeric(38,18) NOT NULL,
  price numeric(38,18) NOT NULL,
  fee numeric(38,18) NOT NULL,
  quote_sequence bigint NOT NULL,
  executed_at timestamptz NOT NULL,
  CONSTRAINT trades_sequence UNIQUE (account_id, sequence),
  CONSTRAINT trades_sequence_positive CHECK (sequence >= 1),
  CONSTRAINT trades_side CHECK (side IN ('BUY', 'SELL')),
  CONSTRAINT trades_amounts CHECK (quantity > 0 AND price > 0 AND fee >= 0)
);

-- How far a symbol's quotes have been traded on.
CREATE INDEX trades_by_quote ON trades (symbol, quote_sequence);

-- What an account holds of a symbol, the fold of its trades, and what its working orders may add.
CREATE TABLE positions (
  account_id uuid NOT NULL CONSTRAINT positions_account REFERENCES accounts (id),
  symbol text NOT NULL,
  quantity numeric(38,18) NOT NULL,
  cost numeric(38,18) NOT NULL,
  realized_pnl numeric(38,18) NOT NULL,
  fees numeric(38,18) NOT NULL,
  open_buy numeric(38,18) NOT NULL,
  open_sell numeric(38,18) NOT NULL,
  -- When a trade last changed it; NULL before the first.
  updated_at timestamptz,
  PRIMARY KEY (account_id, symbol),
  CONSTRAINT positions_open CHECK (open_buy >= 0 AND open_sell >= 0),
  CONSTRAINT positions_fees CHECK (fees >= 0),
  CONSTRAINT positions_flat CHECK (quantity <> 0 OR cost = 0)
) WITH (fillfactor = 70);
