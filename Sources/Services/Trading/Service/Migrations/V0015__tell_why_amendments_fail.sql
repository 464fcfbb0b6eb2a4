-- What was lacking for an order's latest amendment, where that came to nothing, for the order's owner.

ALTER TABLE orders
  DROP CONSTRAINT orders_shortage,
  ADD CONSTRAINT orders_shortage CHECK (
    (shortage_requested IS NOT NULL OR reject_reason IS DISTINCT FROM 'INSUFFICIENT_FUNDS')
    AND (shortage_requested IS NULL OR reject_reason IS NULL OR reject_reason = 'INSUFFICIENT_FUNDS')
    AND (shortage_requested IS NULL) = (shortage_available IS NULL)
    AND (shortage_requested IS NULL) = (shortage_asset IS NULL));
