-- The ledger is checked once for each statement that adds to it and no longer once for each row at the commit: for many
-- transactions that are posted together this is a third of what posting them costs. A transaction and its postings are
-- added by one statement, therefore; what is refused is the same.
DROP TRIGGER postings_require_balance ON postings;
DROP TRIGGER ledger_transactions_require_balance ON ledger_transactions;
DROP FUNCTION require_balance();

-- What a posting belongs to is made in this transaction of the database, and adds up to zero for each asset. Each question is
-- a subquery by key: no plan reads the whole ledger, whatever the settings and however large it was at first.
CREATE FUNCTION require_balance() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  entry uuid;
BEGIN
  SELECT transaction_id INTO entry FROM added
  WHERE (SELECT made_in FROM ledger_transactions WHERE id = added.transaction_id)
    IS DISTINCT FROM pg_current_xact_id()
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger transaction % is complete', entry
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transactions_complete';
  END IF;
  SELECT transaction_id INTO entry FROM (SELECT DISTINCT transaction_id FROM added) AS entries
  WHERE EXISTS (
    SELECT FROM postings WHERE transaction_id = entries.transaction_id
    GROUP BY asset HAVING sum(amount) <> 0)
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the postings of ledger transaction % do not add up to zero', entry
      USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_balance';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER postings_require_balance AFTER INSERT ON postings
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION require_balance();

CREATE FUNCTION require_postings() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  entry uuid;
BEGIN
  SELECT id INTO entry FROM added
  WHERE (SELECT count(*) FROM postings WHERE transaction_id = added.id) = 0
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger transaction % has no postings', entry
      USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_balance';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER ledger_transactions_require_postings AFTER INSERT ON ledger_transactions
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION require_postings();
