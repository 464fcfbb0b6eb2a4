-- The row that orders what happens to an account's money. Its id is its user's.
CREATE TABLE accounts (
  id uuid PRIMARY KEY,
  transaction_sequence bigint NOT NULL DEFAULT 0,
  confirmation_sequence bigint NOT NULL DEFAULT 0,
  last_posted_at timestamptz,
  CONSTRAINT accounts_counts CHECK (
    transaction_sequence >= 0 AND confirmation_sequence >= 0)
) WITH (fillfactor = 50);

-- What an account has of an asset: the sum of its postings, kept.
CREATE TABLE wallets (
  account_id uuid NOT NULL CONSTRAINT wallets_account REFERENCES accounts (id),
  asset text NOT NULL,
  available numeric(38,18) NOT NULL,
  reserved numeric(38,18) NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, asset),
  CONSTRAINT wallets_asset CHECK (asset ~ '^[A-Z0-9.-]{1,12}$'),
  CONSTRAINT wallets_available CHECK (available >= 0),
  CONSTRAINT wallets_reserved CHECK (reserved >= 0)
) WITH (fillfactor = 70);

-- An order's hold. A mark of an order that nothing was held for has no assets.
CREATE TABLE reservations (
  order_id uuid PRIMARY KEY,
  account_id uuid NOT NULL CONSTRAINT reservations_account REFERENCES accounts (id),
  give_asset text,
  take_asset text,
  amount numeric(38,18),
  total numeric(38,18) NOT NULL,
  captured numeric(38,18) NOT NULL,
  version bigint NOT NULL,
  is_final boolean NOT NULL,
  CONSTRAINT reservations_terms CHECK (
    CASE WHEN amount IS NULL
      THEN give_asset IS NULL AND take_asset IS NULL AND is_final AND total = 0
      ELSE give_asset <> take_asset AND amount > 0
    END),
  CONSTRAINT reservations_held CHECK (captured >= 0 AND captured <= total),
  CONSTRAINT reservations_version CHECK (version >= 0)
) WITH (fillfactor = 70);

-- The ledger. Nobody changes what stands in it: the service's role may only add and read.
CREATE TABLE ledger_transactions (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL CONSTRAINT ledger_transactions_account REFERENCES accounts (id),
  sequence bigint NOT NULL,
  kind text NOT NULL,
  order_id uuid,
  reference text NOT NULL,
  posted_at timestamptz NOT NULL,
  -- The transaction of the database that made it: no other may add to it.
  made_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT ledger_transactions_sequence UNIQUE (account_id, sequence),
  CONSTRAINT ledger_transactions_sequence_positive CHECK (sequence >= 1),
  CONSTRAINT ledger_transactions_kind CHECK (
    kind IN ('DEPOSIT', 'RESERVE', 'ADJUST', 'RELEASE', 'SETTLE')),
  CONSTRAINT ledger_transactions_order CHECK ((kind = 'DEPOSIT') = (order_id IS NULL))
);

-- A ledger account is a kind of place and an asset, and for an owner's places the account of the transaction.
CREATE TABLE postings (
  transaction_id uuid NOT NULL CONSTRAINT postings_transaction REFERENCES ledger_transactions (id),
  ledger_account text NOT NULL,
  asset text NOT NULL,
  amount numeric(38,18) NOT NULL,
  PRIMARY KEY (transaction_id, ledger_account, asset),
  CONSTRAINT postings_ledger_account CHECK (
    ledger_account IN ('AVAILABLE', 'RESERVED', 'VENUE', 'FEES', 'EXTERNAL')),
  CONSTRAINT postings_amount CHECK (amount <> 0)
);

-- For a transaction or a posting: what it belongs to is made in this transaction of the database, has postings, and
-- adds up to zero for each asset.
CREATE FUNCTION require_balance() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  entry uuid;
BEGIN
  IF TG_TABLE_NAME = 'postings' THEN entry := NEW.transaction_id; ELSE entry := NEW.id; END IF;
  IF NOT EXISTS (
    SELECT FROM ledger_transactions WHERE id = entry AND made_in = pg_current_xact_id())
  THEN
    RAISE EXCEPTION 'ledger transaction % is complete', entry
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transactions_complete';
  END IF;
  IF NOT EXISTS (SELECT FROM postings WHERE transaction_id = entry) OR EXISTS (
    SELECT FROM postings WHERE transaction_id = entry GROUP BY asset HAVING sum(amount) <> 0)
  THEN
    RAISE EXCEPTION 'the postings of ledger transaction % do not add up to zero', entry
      USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_balance';
  END IF;
  RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER postings_require_balance AFTER INSERT ON postings
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_balance();

CREATE CONSTRAINT TRIGGER ledger_transactions_require_balance AFTER INSERT ON ledger_transactions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_balance();

-- Trades that are settled, each once.
CREATE TABLE settlements (
  trade_id uuid PRIMARY KEY,
  order_id uuid NOT NULL CONSTRAINT settlements_order REFERENCES reservations (order_id),
  account_id uuid NOT NULL,
  sequence bigint NOT NULL,
  give_asset text NOT NULL,
  give_amount numeric(38,18) NOT NULL,
  take_asset text NOT NULL,
  take_amount numeric(38,18) NOT NULL,
  fee_amount numeric(38,18) NOT NULL,
  fee_side text NOT NULL,
  transaction_id uuid NOT NULL CONSTRAINT settlements_transaction
    REFERENCES ledger_transactions (id),
  settled_at timestamptz NOT NULL,
  CONSTRAINT settlements_sequence UNIQUE (account_id, sequence),
  CONSTRAINT settlements_amounts CHECK (give_amount > 0 AND take_amount >= 0 AND fee_amount >= 0),
  CONSTRAINT settlements_fee_side CHECK (fee_side IN ('GIVE', 'TAKE'))
);

-- Money from outside, each once by its reference.
CREATE TABLE deposits (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL CONSTRAINT deposits_account REFERENCES accounts (id),
  asset text NOT NULL,
  amount numeric(38,18) NOT NULL,
  reference text NOT NULL CONSTRAINT deposits_reference UNIQUE,
  operator_id text NOT NULL,
  transaction_id uuid NOT NULL CONSTRAINT deposits_transaction REFERENCES ledger_transactions (id),
  created_at timestamptz NOT NULL,
  CONSTRAINT deposits_amount CHECK (amount > 0)
);
