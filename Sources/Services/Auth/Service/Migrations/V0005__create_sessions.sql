-- What follows from each log-in until it ends.
CREATE TABLE sessions (
  session_id uuid NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  -- How often its tokens were made: that of its live refresh token.
  generation bigint NOT NULL,
  ended_at timestamptz,
  end_reason text,
  CONSTRAINT sessions_pkey PRIMARY KEY (session_id),
  CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT sessions_generation_positive CHECK (generation > 0),
  CONSTRAINT sessions_end_whole CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
  CONSTRAINT sessions_end_reason_known
    CHECK (end_reason IN ('LOGGED_OUT', 'REVOKED', 'REPLAYED', 'DISPLACED', 'PASSWORD_RESET'))
);

CREATE INDEX sessions_user_id_idx ON sessions (user_id, session_id);
-- What every verifier of tokens asks for: the few that ended lately.
CREATE INDEX sessions_ended_at_idx ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- The SHA-256 of each refresh token of a session's family, never a token: one that is shown again must be known.
CREATE TABLE refresh_tokens (
  token_hash bytea NOT NULL,
  session_id uuid NOT NULL,
  generation bigint NOT NULL,
  CONSTRAINT refresh_tokens_pkey PRIMARY KEY (token_hash),
  CONSTRAINT refresh_tokens_generation_key UNIQUE (session_id, generation),
  CONSTRAINT refresh_tokens_hash_sha256 CHECK (length(token_hash) = 32),
  CONSTRAINT refresh_tokens_session_id_fkey
    FOREIGN KEY (session_id) REFERENCES sessions (session_id) ON DELETE CASCADE
);
