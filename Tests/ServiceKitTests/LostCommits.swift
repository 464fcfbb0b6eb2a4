import Postgres

extension PostgresPool {
  /// Ends the session of every so many transactions that add to a table, when they commit.
  func loseCommits(every count: Int, addingTo table: String) async throws {
    try await transaction { transaction in
      try await transaction.script(
        """
        CREATE SEQUENCE lost_commits;
        CREATE FUNCTION lose_commit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          -- A transaction counts once, however many rows it adds; a sequence counts what is rolled back, too.
          IF current_setting('test.counted', true) IS DISTINCT FROM 'yes' THEN
            PERFORM set_config('test.counted', 'yes', true);
            IF nextval('lost_commits') % \(count) = 0 THEN
              PERFORM pg_terminate_backend(pg_backend_pid());
            END IF;
          END IF;
          RETURN NULL;
        END
        $$;
        CREATE CONSTRAINT TRIGGER lose_commit AFTER INSERT ON \(table) DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION lose_commit();
        """)
    }
  }
}
