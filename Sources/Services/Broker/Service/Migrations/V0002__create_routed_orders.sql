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

-- The row that orders what happens to a connection's orders, and says up to where that is known.
CREATE TABLE connections (
  id text PRIMARY KEY,
  report_sequence bigint NOT NULL DEFAULT 0,
  event_sequence bigint NOT NULL DEFAULT 0,
  CONSTRAINT connections_counts CHECK (report_sequence >= 0 AND event_sequence >= 0)
) WITH (fillfactor = 50);

-- The orders that are executed elsewhere.
CREATE TABLE routed_orders (
  client_order_id uuid PRIMARY KEY,
  connection_id text NOT NULL,
  account_id uuid NOT NULL,
  symbol text NOT NULL,
  side text NOT NULL,
  quantity numeric(38,18) NOT NULL,
  worst_price numeric(38,18) NOT NULL,
  expires_at timestamptz,
  state text NOT NULL,
  cancel_requested boolean NOT NULL,
  filled_quantity numeric(38,18) NOT NULL,
  filled_notional numeric(38,18) NOT NULL,
  reject_reason text,
  exchange_order_id text,
  submissions integer NOT NULL,
  receive_until timestamptz,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT routed_orders_side CHECK (side IN ('BUY', 'SELL')),
  CONSTRAINT routed_orders_amounts CHECK (quantity > 0 AND worst_price > 0),
  CONSTRAINT routed_orders_state CHECK (
    CASE state
      WHEN 'PENDING_NEW' THEN filled_quantity = 0 AND exchange_order_id IS NULL AND submissions > 0
      WHEN 'OPEN' THEN filled_quantity = 0 AND exchange_order_id IS NOT NULL
      WHEN 'PARTIALLY_FILLED' THEN
        filled_quantity > 0 AND filled_quantity < quantity AND exchange_order_id IS NOT NULL
      WHEN 'FILLED' THEN filled_quantity = quantity AND exchange_order_id IS NOT NULL
      WHEN 'REJECTED' THEN filled_quantity = 0
      WHEN 'CANCELED' THEN filled_quantity >= 0 AND filled_quantity < quantity
      WHEN 'EXPIRED' THEN filled_quantity >= 0 AND filled_quantity < quantity
      ELSE false
    END),
  CONSTRAINT routed_orders_filled_notional CHECK (
    CASE WHEN filled_quantity = 0 THEN filled_notional = 0 ELSE filled_notional > 0 END),
  CONSTRAINT routed_orders_reject_reason CHECK ((state = 'REJECTED') = (reject_reason IS NOT NULL)),
  CONSTRAINT routed_orders_submissions CHECK (
    submissions >= 0 AND (submissions = 0) = (receive_until IS NULL)),
  CONSTRAINT routed_orders_version CHECK (version >= 1)
) WITH (fillfactor = 70);

CREATE TRIGGER routed_orders_refuse_lost_update BEFORE UPDATE ON routed_orders
  FOR EACH ROW EXECUTE FUNCTION refuse_lost_update();

-- What the resolver attends to: few at any time.
CREATE INDEX routed_orders_unresolved ON routed_orders (client_order_id)
  WHERE state = 'PENDING_NEW' OR (cancel_requested AND state IN ('OPEN', 'PARTIALLY_FILLED'));

-- Reports that contradict what is stored. Nothing follows from them but that an operator looks.
CREATE TABLE refused_reports (
  connection_id text NOT NULL,
  sequence bigint NOT NULL,
  client_order_id uuid NOT NULL,
  exchange_order_id text NOT NULL,
  is_stray boolean NOT NULL,
  reason text NOT NULL,
  report bytea NOT NULL,
  refused_at timestamptz NOT NULL,
  PRIMARY KEY (connection_id, sequence)
);

CREATE INDEX refused_reports_strays ON refused_reports (client_order_id)
  WHERE is_stray;
