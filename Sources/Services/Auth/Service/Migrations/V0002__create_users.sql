-- Users, with the hashes of their passwords (PHC strings, never a password).
CREATE TABLE users (
  user_id uuid NOT NULL,
  email text NOT NULL,
  -- The form in which addresses are compared: its uniqueness decides a race of two registrations.
  canonical_email text NOT NULL,
  display_name text NOT NULL,
  roles text[] NOT NULL,
  password_hash text NOT NULL,
  -- How many events the user has had: the sequence of the last one.
  event_count bigint NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT users_pkey PRIMARY KEY (user_id),
  CONSTRAINT users_canonical_email_key UNIQUE (canonical_email),
  CONSTRAINT users_canonical_email_lower CHECK (canonical_email = lower(email)),
  CONSTRAINT users_password_hash_argon2id CHECK (password_hash LIKE '$argon2id$%'),
  CONSTRAINT users_event_count_positive CHECK (event_count > 0)
);
