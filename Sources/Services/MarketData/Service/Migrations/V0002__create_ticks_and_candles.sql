-- What is replayed, how far it is, and who goes on with it: one row.
CREATE TABLE replay (
  only_row boolean DEFAULT true,
  seed bigint NOT NULL,
  first_day date NOT NULL,
  session_steps bigint NOT NULL,
  bars_digest text NOT NULL,
  -- The step after the last one whose ticks are stored.
  next_step bigint NOT NULL DEFAULT 0,
  -- Ticks of earlier steps have been acknowledged by the broker.
  published_step bigint NOT NULL DEFAULT 0,
  -- Counts the holders of the lease: only the newest one stores ticks.
  term bigint NOT NULL DEFAULT 0,
  holder uuid,
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  CONSTRAINT replay_pkey PRIMARY KEY (only_row),
  CONSTRAINT replay_is_one_row CHECK (only_row),
  CONSTRAINT replay_next_step_counts CHECK (next_step >= 0),
  CONSTRAINT replay_published_step_is_stored CHECK (published_step BETWEEN 0 AND next_step)
) WITH (fillfactor = 50);

CREATE TABLE ticks (
  symbol text NOT NULL,
  sequence bigint NOT NULL,
  step bigint NOT NULL,
  bid_price numeric(38, 18) NOT NULL,
  bid_size numeric(38, 18) NOT NULL,
  ask_price numeric(38, 18) NOT NULL,
  ask_size numeric(38, 18) NOT NULL,
  last_price numeric(38, 18) NOT NULL,
  last_size numeric(38, 18) NOT NULL,
  market_time timestamptz NOT NULL,
  published_at timestamptz NOT NULL,
  CONSTRAINT ticks_pkey PRIMARY KEY (symbol, sequence),
  CONSTRAINT ticks_sequence_from_one CHECK (sequence >= 1),
  CONSTRAINT ticks_book_is_uncrossed CHECK (0 < bid_price AND bid_price < ask_price),
  CONSTRAINT ticks_book_has_sizes CHECK (bid_size > 0 AND ask_size > 0),
  CONSTRAINT ticks_trade_is_possible CHECK (last_price > 0 AND last_size >= 0)
);

-- Read by followers, by the feed, and by what removes old ticks.
CREATE INDEX ticks_step ON ticks (step);

CREATE TABLE candles (
  symbol text NOT NULL,
  candle_interval text NOT NULL,
  open_time timestamptz NOT NULL,
  open numeric(38, 18) NOT NULL,
  high numeric(38, 18) NOT NULL,
  low numeric(38, 18) NOT NULL,
  close numeric(38, 18) NOT NULL,
  volume numeric(38, 18) NOT NULL,
  tick_count bigint NOT NULL,
  is_closed boolean NOT NULL,
  CONSTRAINT candles_pkey PRIMARY KEY (symbol, candle_interval, open_time),
  CONSTRAINT candles_interval_is_known CHECK (candle_interval IN ('1m', '1h', '1d')),
  CONSTRAINT candles_range_holds CHECK (
    0 < low AND low <= open AND low <= close AND open <= high AND close <= high),
  CONSTRAINT candles_counts CHECK (volume >= 0 AND tick_count >= 0)
) WITH (fillfactor = 80);

-- Where a replay that goes on finds the candles it has to go on with.
CREATE INDEX candles_open ON candles (symbol, candle_interval) WHERE NOT is_closed;
