-- Which replica matches at a venue. A new holder raises the epoch, which is part of a key: PostgreSQL
-- makes it wait for the transactions that hold FOR KEY SHARE, while renewing waits for nobody.
CREATE TABLE venue_leases (
  venue text PRIMARY KEY,
  epoch bigint NOT NULL,
  holder text NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT venue_leases_epoch UNIQUE (venue, epoch)
);

-- Orders that were opened or canceled at a replica which does not match; the one that does takes them.
CREATE TABLE venue_inbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id uuid NOT NULL
);
