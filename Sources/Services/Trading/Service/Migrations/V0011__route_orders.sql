-- Orders that are executed elsewhere.

ALTER TABLE orders
  -- The broker's connection that executes it; NULL is the paper venue.
  ADD COLUMN connection_id text,
  -- When it was given over to the broker: from then on only the broker ends it.
  ADD COLUMN routed_at timestamptz,
  DROP CONSTRAINT orders_state,
  ADD CONSTRAINT orders_state CHECK (
    CASE state
      WHEN 'PENDING_NEW' THEN filled_quantity = 0
      WHEN 'OPEN' THEN filled_quantity = 0
      WHEN 'REJECTED' THEN filled_quantity = 0
      WHEN 'PARTIALLY_FILLED' THEN filled_quantity > 0 AND filled_quantity < quantity
      WHEN 'PENDING_REPLACE' THEN filled_quantity >= 0 AND filled_quantity < quantity
      WHEN 'PENDING_CANCEL' THEN filled_quantity >= 0 AND filled_quantity < quantity
      WHEN 'FILLED' THEN filled_quantity = quantity
      WHEN 'CANCELED' THEN filled_quantity >= 0 AND filled_quantity < quantity
      WHEN 'EXPIRED' THEN filled_quantity >= 0 AND filled_quantity < quantity
      ELSE false
    END),
  ADD CONSTRAINT orders_connection CHECK (connection_id ~ '^[a-z][a-z0-9-]{0,31}$'),
  -- What the paper venue has is never at a broker, and what a broker may have works there, waits there or has ended there.
  ADD CONSTRAINT orders_routing CHECK (
    CASE
      WHEN connection_id IS NULL THEN routed_at IS NULL AND state <> 'PENDING_CANCEL'
      WHEN routed_at IS NULL THEN state IN ('PENDING_NEW', 'REJECTED', 'CANCELED', 'EXPIRED')
        AND filled_quantity = 0
      ELSE state <> 'PENDING_REPLACE'
    END);
