-- One order by pgbench: the statements that the services send for one order by itself, in their three transactions. What
-- the services compute is a constant here, or is computed by the statement where it must differ from order to order.
\set n :n + 1
\set account :client_id + :clients * (:n % :accounts)
\set key :n * 1000 + :client_id
\set event :key + 1000000000000000000
\set wallet_event :key + 2000000000000000000
\set status :key + 3000000000000000000

\startpipeline
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT version, order_event_sequence, trade_sequence, open_notional, working_orders, max_order_notional, max_position, max_open_notional, max_working_orders FROM trading.accounts WHERE id = lpad(to_hex(:account::bigint), 32, '0')::uuid FOR NO KEY UPDATE;
SELECT o.id, o.account_id, o.client_order_id, o.symbol, o.quote_asset, o.side, o.quantity, o.limit_price, o.reserved_price, o.placed_quantity, o.placed_limit_price, o.amended_quantity, o.amended_limit_price, o.fee_rate, o.fee_scale, o.protection_price, o.expires_at, o.state, o.filled_quantity, o.filled_notional, o.fees_charged, o.reservation_total, o.reject_reason, o.reject_detail, o.shortage_asset, o.shortage_requested, o.shortage_available, o.version, o.created_at, o.updated_at, o.connection_id, o.routed_at FROM trading.orders o WHERE o.account_id = lpad(to_hex(:account::bigint), 32, '0')::uuid AND o.client_order_id = :key::text;
SELECT p.symbol, p.quantity, p.cost, p.realized_pnl, p.fees, p.open_buy, p.open_sell, p.updated_at FROM trading.positions p WHERE p.account_id = lpad(to_hex(:account::bigint), 32, '0')::uuid AND p.symbol = 'AAPL';
WITH account AS (UPDATE trading.accounts SET version = version + 1, order_event_sequence = order_event_sequence, trade_sequence = 0, open_notional = open_notional + 70.25, working_orders = working_orders + 1 WHERE id = lpad(to_hex(:account::bigint), 32, '0')::uuid), holding AS (INSERT INTO trading.positions (account_id, symbol, quantity, cost, realized_pnl, fees, open_buy, open_sell, updated_at) VALUES (lpad(to_hex(:account::bigint), 32, '0')::uuid, 'AAPL', 0, 0, 0, 0, :n, 0, NULL) ON CONFLICT (account_id, symbol) DO UPDATE SET open_buy = EXCLUDED.open_buy, open_sell = EXCLUDED.open_sell), working AS (INSERT INTO trading.working_orders (symbol, order_id, account_id, expires_at) VALUES ('AAPL', lpad(to_hex(:key::bigint), 32, '0')::uuid, lpad(to_hex(:account::bigint), 32, '0')::uuid, NULL)) INSERT INTO trading.orders (id, account_id, client_order_id, symbol, quote_asset, side, quantity, limit_price, reserved_price, fee_rate, fee_scale, protection_price, expires_at, state, filled_quantity, filled_notional, fees_charged, reservation_total, version, created_at, updated_at, connection_id) VALUES (lpad(to_hex(:key::bigint), 32, '0')::uuid, lpad(to_hex(:account::bigint), 32, '0')::uuid, :key::text, 'AAPL', 'USD', 'BUY', 1, 70.25, 70.25, 0.0001, 4, NULL, NULL, 'PENDING_NEW', 0, 0, 0, 70.2571, 1, now(), now(), NULL);
COMMIT;
\endpipeline

\startpipeline
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT transaction_sequence, confirmation_sequence, last_posted_at FROM asset.accounts WHERE id = lpad(to_hex(:account::bigint), 32, '0')::uuid FOR NO KEY UPDATE;
SELECT WHERE false;
SELECT order_id, account_id, give_asset, take_asset, amount, total, captured, version, is_final FROM asset.reservations WHERE order_id = lpad(to_hex(:key::bigint), 32, '0')::uuid;
SELECT asset, available, reserved, updated_at FROM asset.wallets WHERE account_id = lpad(to_hex(:account::bigint), 32, '0')::uuid AND (asset = ANY ('{USD}'::text[]) OR asset IN (SELECT unnest(ARRAY[give_asset, take_asset]) FROM asset.reservations WHERE order_id = lpad(to_hex(:key::bigint), 32, '0')::uuid));
WITH account AS (UPDATE asset.accounts SET transaction_sequence = transaction_sequence + 1, confirmation_sequence = 0, last_posted_at = now() WHERE id = lpad(to_hex(:account::bigint), 32, '0')::uuid), wallet AS (INSERT INTO asset.wallets (account_id, asset, available, reserved, updated_at) SELECT lpad(to_hex(:account::bigint), 32, '0')::uuid, w.asset, w.available, w.reserved, now() FROM unnest('{USD}'::text[], '{99999929.7429}'::numeric[], '{70.2571}'::numeric[]) AS w (asset, available, reserved) ON CONFLICT (account_id, asset) DO UPDATE SET available = EXCLUDED.available, reserved = EXCLUDED.reserved, updated_at = EXCLUDED.updated_at), entry AS (INSERT INTO asset.ledger_transactions (id, account_id, sequence, kind, order_id, reference, posted_at) VALUES (lpad(to_hex(:key::bigint), 32, '0')::uuid, lpad(to_hex(:account::bigint), 32, '0')::uuid, :n, 'RESERVE', lpad(to_hex(:key::bigint), 32, '0')::uuid, :key::text, now())) INSERT INTO asset.postings (transaction_id, ledger_account, asset, amount) SELECT lpad(to_hex(:key::bigint), 32, '0')::uuid, p.ledger_account, p.asset, p.amount FROM unnest('{AVAILABLE,RESERVED}'::text[], '{USD,USD}'::text[], '{-70.2571,70.2571}'::numeric[]) AS p (ledger_account, asset, amount);
INSERT INTO asset.reservations (order_id, account_id, give_asset, take_asset, amount, total, captured, version, is_final) VALUES (lpad(to_hex(:key::bigint), 32, '0')::uuid, lpad(to_hex(:account::bigint), 32, '0')::uuid, 'USD', 'AAPL', 70.2571, 70.2571, 0, 0, false);
INSERT INTO asset.outbox (event_id, topic, key, sequence, event_type, payload, content_type, correlation_id, traceparent, occurred_at) VALUES (lpad(to_hex(:wallet_event::bigint), 32, '0')::uuid, 'wallet_events', lpad(to_hex(:account::bigint), 32, '0'), :n, 'alphintra.asset.v1.WalletEvent', decode(repeat('7b', 520), 'hex'), 'application/json', NULL, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', now());
COMMIT;
\endpipeline

\startpipeline
BEGIN ISOLATION LEVEL READ COMMITTED;
WITH account AS (UPDATE trading.accounts SET version = version + 1, order_event_sequence = order_event_sequence + 1, trade_sequence = 0, open_notional = open_notional, working_orders = working_orders WHERE id = lpad(to_hex(:account::bigint), 32, '0')::uuid) UPDATE trading.orders SET state = 'OPEN', filled_quantity = 0, filled_notional = 0, fees_charged = 0, reservation_total = 70.2571, version = 2, updated_at = now() WHERE id = lpad(to_hex(:key::bigint), 32, '0')::uuid;
INSERT INTO trading.outbox (event_id, topic, key, sequence, event_type, payload, content_type, correlation_id, traceparent, occurred_at) VALUES (lpad(to_hex(:event::bigint), 32, '0')::uuid, 'order_events', lpad(to_hex(:account::bigint), 32, '0'), :n, 'alphintra.trading.v1.OrderEvent', decode(repeat('7b', 800), 'hex'), 'application/json', NULL, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', now()), (lpad(to_hex(:status::bigint), 32, '0')::uuid, 'order_status_updates', lpad(to_hex(:key::bigint), 32, '0'), 0, 'alphintra.trading.v1.OrderStatusUpdate', decode(repeat('7b', 700), 'hex'), 'application/json', NULL, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', now());
COMMIT;
\endpipeline
