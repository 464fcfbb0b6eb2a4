-- How often the password of each address was guessed wrong, known or not: all replicas count together.
CREATE TABLE lock_outs (
  -- The SHA-256 of the address in its canonical form: what strangers type is not kept.
  address_hash bytea NOT NULL,
  failures integer NOT NULL,
  last_failure timestamptz,
  -- When the attempts began of which nobody knows yet what they are.
  under_way timestamptz[] NOT NULL,
  -- When anything of it changed last.
  touched_at timestamptz NOT NULL,
  CONSTRAINT lock_outs_pkey PRIMARY KEY (address_hash),
  CONSTRAINT lock_outs_hash_sha256 CHECK (length(address_hash) = 32),
  CONSTRAINT lock_outs_failures_not_negative CHECK (failures >= 0),
  CONSTRAINT lock_outs_failure_whole CHECK ((failures = 0) = (last_failure IS NULL))
);

-- The ones that nobody has tried for long are removed.
CREATE INDEX lock_outs_touched_at_idx ON lock_outs (touched_at);
