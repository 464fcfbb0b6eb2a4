-- What an order was placed on, what it may cost its account, and how it ends by time.

ALTER TABLE accounts
  ADD COLUMN working_orders bigint NOT NULL DEFAULT 0,
  -- As the account's other limits: NULL is what the service's settings say.
  ADD COLUMN max_working_orders bigint,
  ADD CONSTRAINT accounts_working_orders CHECK (working_orders >= 0 AND max_working_orders >= 0);

UPDATE accounts a SET working_orders = (
  SELECT count(*) FROM working_orders w WHERE w.account_id = a.id);

ALTER TABLE orders
  ADD COLUMN quote_asset text NOT NULL DEFAULT 'USD',
  -- The fee schedule it was placed under: what is reserved for it is computed by that one.
  ADD COLUMN fee_rate numeric(38,18) NOT NULL DEFAULT 0,
  ADD COLUMN fee_scale bigint NOT NULL DEFAULT 0,
  ADD COLUMN fees_charged numeric(38,18) NOT NULL DEFAULT 0,
  ADD COLUMN protection_price numeric(38,18),
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN reservation_total numeric(38,18) NOT NULL DEFAULT 0,
  -- The terms it was placed on; NULL while they are those it works on.
  ADD COLUMN placed_quantity numeric(38,18),
  ADD COLUMN placed_limit_price numeric(38,18),
  -- The terms that wait for their funds.
  ADD COLUMN amended_quantity numeric(38,18),
  ADD COLUMN amended_limit_price numeric(38,18),
  -- What its account lacked.
  ADD COLUMN shortage_asset text,
  ADD COLUMN shortage_requested numeric(38,18),
  ADD COLUMN shortage_available numeric(38,18);

-- These columns are no change of an order that anybody waits for: its version stays.
ALTER TABLE orders DISABLE TRIGGER orders_refuse_lost_update;

UPDATE orders o SET fees_charged = (
  SELECT coalesce(sum(fee), 0) FROM trades t WHERE t.order_id = o.id)
WHERE state IN ('FILLED', 'CANCELED', 'REJECTED', 'EXPIRED');

-- MARKET orders from before have no protection price: what they have not traded by now ends.
UPDATE orders SET expires_at = created_at WHERE limit_price IS NULL;

ALTER TABLE orders ENABLE TRIGGER orders_refuse_lost_update;

ALTER TABLE orders
  ALTER COLUMN quote_asset DROP DEFAULT,
  ALTER COLUMN fee_rate DROP DEFAULT,
  ALTER COLUMN fee_scale DROP DEFAULT,
  ALTER COLUMN fees_charged DROP DEFAULT,
  ALTER COLUMN reservation_total DROP DEFAULT,
  DROP CONSTRAINT orders_state,
  ADD CONSTRAINT orders_state CHECK (
    CASE state
      WHEN 'PENDING_NEW' THEN filled_quantity = 0
      WHEN 'OPEN' THEN filled_quantity = 0
      WHEN 'REJECTED' THEN filled_quantity = 0
      WHEN 'PARTIALLY_FILLED' THEN filled_quantity > 0 AND filled_quantity < quantity
      WHEN 'PENDING_REPLACE' THEN filled_quantity >= 0 AND filled_quantity < quantity
      WHEN 'FILLED' THEN filled_quantity = quantity
      WHEN 'CANCELED' THEN filled_quantity >= 0 AND filled_quantity < quantity
      WHEN 'EXPIRED' THEN filled_quantity >= 0 AND filled_quantity < quantity
      ELSE false
    END),
  ADD CONSTRAINT orders_amendment CHECK (
    (state = 'PENDING_REPLACE') = (amended_quantity IS NOT NULL)
    AND (amended_quantity IS NULL OR amended_quantity > filled_quantity)),
  ADD CONSTRAINT orders_fees CHECK (
    fee_rate BETWEEN 0 AND 1 AND fee_scale BETWEEN 0 AND 18 AND fees_charged >= 0),
  ADD CONSTRAINT orders_reservation CHECK (reservation_total >= 0),
  ADD CONSTRAINT orders_shortage CHECK (
    (reject_reason IS NOT DISTINCT FROM 'INSUFFICIENT_FUNDS') = (shortage_requested IS NOT NULL)
    AND (shortage_requested IS NULL) = (shortage_available IS NULL)
    AND (shortage_requested IS NULL) = (shortage_asset IS NULL));

ALTER TABLE working_orders ADD COLUMN expires_at timestamptz;
UPDATE working_orders w SET expires_at = o.expires_at FROM orders o WHERE o.id = w.order_id;

-- The orders that end by time, which are few: those that never do are in no index.
CREATE INDEX working_orders_by_expiry ON working_orders (expires_at) WHERE expires_at IS NOT NULL;
