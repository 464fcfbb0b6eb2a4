-- Several changes of an account may be one transaction, which has locked its row before it read it. What is still refused is a
-- version that was there already: whoever read it has not seen what came since.
CREATE FUNCTION refuse_old_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <= OLD.version THEN
    RAISE EXCEPTION '% is at version %, not at %', TG_TABLE_NAME, OLD.version, NEW.version - 1
      USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER accounts_refuse_lost_update BEFORE UPDATE OF version ON accounts
  FOR EACH ROW EXECUTE FUNCTION refuse_old_version();
