-- The orders that somebody may have left half done, without reading all that rest. What is indexed does not change when an
-- order opens, fills or ends, so that none of these changes writes an index.

-- Amendments under way: exactly those of PENDING_REPLACE have an amended quantity.
CREATE INDEX orders_amended ON orders (id) WHERE amended_quantity IS NOT NULL;

-- Orders that are executed elsewhere: few beside those of the paper venue.
CREATE INDEX orders_routed ON orders (id) WHERE connection_id IS NOT NULL;
