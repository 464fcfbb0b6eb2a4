extension Migration {
  static let eventsName = "create_outbox_and_inbox"

  /// Lets each event of an outbox say which span of a trace it comes from.
  ///
  /// It follows ``events(version:)``. Rows from before, and those that a program of before adds meanwhile,
  /// name none.
  public static func eventTraces(version: Int) -> Migration {
    Migration(
      version: version, name: "add_traceparent_to_outbox",
      sql: "ALTER TABLE outbox ADD COLUMN traceparent text")
  }

  /// Makes the tables `outbox` and `inbox` of a service's schema, and what the relay remembers of
  /// the broker.
  ///
  /// - `outbox`: every event of the service, in the order of its rows' ids within each key.
  /// - `inbox`: which events each consumer of the service has applied.
  /// - `outbox_positions`: how far the broker has acknowledged each partition; a broker that holds
  ///   less has lost records.
  /// - `outbox_refills`: topics whose records are being published again, and how far that is.
  public static func events(version: Int) -> Migration {
    Migration(
      version: version, name: eventsName,
      sql: """
        CREATE TABLE outbox (
          id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
          event_id uuid NOT NULL CONSTRAINT outbox_event_id_key UNIQUE,
          topic text NOT NULL,
          key text NOT NULL,
          sequence bigint NOT NULL CONSTRAINT outbox_sequence_check CHECK (sequence >= 0),
          event_type text NOT NULL,
          payload bytea NOT NULL,
          content_type text NOT NULL,
          correlation_id text,
          occurred_at timestamptz NOT NULL,
          created_at timestamptz NOT NULL DEFAULT now(),
          published_at timestamptz
        );
        CREATE UNIQUE INDEX outbox_topic_key_sequence_key ON outbox (topic, key, sequence)
          WHERE sequence > 0;
        CREATE INDEX outbox_unpublished_idx ON outbox (id) WHERE published_at IS NULL;

        CREATE TABLE inbox (
          consumer text NOT NULL,
          event_id uuid NOT NULL,
          applied_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT inbox_pkey PRIMARY KEY (consumer, event_id)
        );

        CREATE TABLE outbox_positions (
          topic text NOT NULL,
          partition integer NOT NULL,
          next_offset bigint NOT NULL,
          CONSTRAINT outbox_positions_pkey PRIMARY KEY (topic, partition)
        );

        CREATE TABLE outbox_refills (
          topic text NOT NULL CONSTRAINT outbox_refills_pkey PRIMARY KEY,
          after_id bigint NOT NULL,
          until_id bigint NOT NULL,
          started_at timestamptz NOT NULL DEFAULT now()
        )
        """)
  }
}
