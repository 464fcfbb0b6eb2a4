-- Orders that worked before funds were held for them: nothing stands behind them, and what they traded now could not be
-- settled. Their time is over; the service ends them and tells their owners. Since then an order that works has a total.

-- This is no change of an order that anybody waits for: its version stays.
ALTER TABLE orders DISABLE TRIGGER orders_refuse_lost_update;

UPDATE orders o SET expires_at = least(o.expires_at, o.created_at) FROM working_orders w
WHERE w.order_id = o.id AND o.reservation_total = 0 AND o.state <> 'PENDING_NEW';

ALTER TABLE orders ENABLE TRIGGER orders_refuse_lost_update;

UPDATE working_orders w SET expires_at = o.expires_at FROM orders o
WHERE o.id = w.order_id AND w.expires_at IS DISTINCT FROM o.expires_at;
