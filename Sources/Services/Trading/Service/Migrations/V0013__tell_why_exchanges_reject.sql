-- What an exchange says of an order that it does not take, for the order's owner.

ALTER TABLE orders
  -- In the exchange's words; NULL unless the broker's exchange refused the order.
  ADD COLUMN reject_detail text,
  ADD CONSTRAINT orders_reject_detail CHECK (
    reject_detail IS NULL
    OR (reject_reason IS NOT DISTINCT FROM 'BROKER_REJECTED' AND char_length(reject_detail) <= 256));
