extension Migration {
  static let deadLettersName = "create_dead_letters"

  /// Makes the table `dead_letters` of a service that consumes events: those that it could not apply, and
  /// those of the same keys that wait behind them.
  ///
  /// It follows ``events(version:)``. An ``EventConsumer`` cannot do without.
  public static func deadLetters(version: Int) -> Migration {
    Migration(
      version: version, name: deadLettersName,
      sql: """
        CREATE TABLE dead_letters (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT dead_letters_pkey PRIMARY KEY,
          consumer text NOT NULL,
          topic text NOT NULL,
          key bytea,
          event_id text NOT NULL,
          event_uuid uuid,
          partition integer NOT NULL,
          record_offset bigint NOT NULL,
          header_names text[] NOT NULL,
          header_values text[] NOT NULL,
          payload bytea,
          attempts integer NOT NULL CONSTRAINT dead_letters_attempts_check CHECK (attempts >= 0),
          reason text NOT NULL,
          parked_at timestamptz NOT NULL DEFAULT now(),
          failed_at timestamptz,
          requeued_at timestamptz,
          CONSTRAINT dead_letters_event_key UNIQUE (consumer, topic, event_id)
        );
        CREATE INDEX dead_letters_key_idx ON dead_letters (consumer, topic, key, id);
        CREATE INDEX dead_letters_requeued_idx ON dead_letters (consumer, topic, id)
          WHERE requeued_at IS NOT NULL
        """)
  }
}
