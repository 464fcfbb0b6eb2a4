extension Migration {
  /// Makes the table `idempotency` of a service's schema: what calls with an idempotency key were answered.
  ///
  /// A call is one user's, to one method, under one key. `code` and `body` are empty while it is worked on: by whom
  /// `claim` names, until `claimed_until` at the latest.
  public static func idempotency(version: Int) -> Migration {
    Migration(
      version: version, name: "create_idempotency",
      sql: """
        CREATE TABLE idempotency (
          actor text NOT NULL,
          method text NOT NULL,
          key text NOT NULL,
          request_hash bytea NOT NULL,
          operation_id text NOT NULL,
          claim text NOT NULL,
          claimed_until timestamptz NOT NULL,
          code integer,
          message text NOT NULL DEFAULT '',
          body bytea,
          created_at timestamptz NOT NULL DEFAULT now(),
          expires_at timestamptz NOT NULL,
          CONSTRAINT idempotency_pkey PRIMARY KEY (actor, method, key),
          CONSTRAINT idempotency_answer_check CHECK ((code IS NULL) = (body IS NULL))
        );
        CREATE INDEX idempotency_expires_at_idx ON idempotency (expires_at)
        """)
  }
}
