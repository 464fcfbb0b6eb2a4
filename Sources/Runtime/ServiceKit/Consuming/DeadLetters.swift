public import Postgres

/// What a service's consumers could not apply, for operators: to look at, to have tried again, to give up.
public struct DeadLetters: Sendable {
  private let database: PostgresPool

  /// The dead letters in the schema of a database; see ``Migration/deadLetters(version:)``.
  public init(_ database: PostgresPool) { self.database = database }

  /// The dead letters behind a number, in the order in which they were put aside.
  ///
  /// - Parameter limit: the most that are returned.
  public func list(after id: Int64 = 0, limit: Int) async throws -> [DeadLetter] {
    try await database.query(
      """
      -- name: list_dead_letters
      SELECT \(DeadLetter.columns) FROM dead_letters WHERE id > \(id) ORDER BY id LIMIT \(limit)
      """
    ).map { try DeadLetter($0) }
  }

  /// One dead letter; nil if there is none of that number.
  public func find(_ id: Int64) async throws -> DeadLetter? {
    let rows = try await database.query(
      """
      -- name: find_dead_letter
      SELECT \(DeadLetter.columns) FROM dead_letters WHERE id = \(id)
      """)
    return try rows.first.map { try DeadLetter($0) }
  }

  /// How many there are in a state.
  public func count(_ state: DeadLetter.State) async throws -> Int64 {
    let condition: PostgresQuery =
      switch state {
      case .requeued: "requeued_at IS NOT NULL"
      case .failed: "requeued_at IS NULL AND attempts > 0"
      case .waiting: "requeued_at IS NULL AND attempts = 0"
      }
    return try await database.query(
      """
      -- name: count_dead_letters
      SELECT count(*) AS letters FROM dead_letters WHERE \(condition)
      """
    ).one().decode(Int64.self, "letters")
  }

  /// Has a dead letter, and all others of its key, tried again in their order.
  ///
  /// A consumer does so soon; one that fails again waits again, and its key with it.
  ///
  /// - Returns: how many are tried; 0 if there is none of that number.
  public func requeue(_ id: Int64) async throws -> Int {
    try await database.transaction { transaction in
      guard let letter = try await lockKey(of: id, in: transaction) else { return 0 }
      return try await requeueKey(of: letter, in: transaction)
    }
  }

  /// Has everything tried again.
  ///
  /// - Returns: how many are tried.
  public func requeueAll() async throws -> Int {
    let heads = try await database.query(
      """
      -- name: dead_letter_heads
      SELECT min(id) AS id FROM dead_letters
      GROUP BY consumer, topic, key, CASE WHEN key IS NULL THEN id END ORDER BY 1
      """
    ).map { try $0.decode(Int64.self, "id") }
    var count = 0
    for head in heads { count += try await requeue(head) }
    return count
  }

  /// Gives a dead letter up: it is never applied, also if it comes again, and what waits behind it goes on.
  ///
  /// - Returns: how many waited behind it and are tried now; nil if there is none of that number.
  public func discard(_ id: Int64) async throws -> Int? {
    try await database.transaction { transaction in
      guard let letter = try await lockKey(of: id, in: transaction) else { return nil }
      transaction.send(
        """
        -- name: pass_over_dead_letter
        INSERT INTO inbox (consumer, event_id)
        SELECT consumer, event_uuid FROM dead_letters WHERE id = \(id) AND event_uuid IS NOT NULL
        ON CONFLICT ON CONSTRAINT inbox_pkey DO NOTHING
        """)
      transaction.send("-- name: discard_dead_letter\nDELETE FROM dead_letters WHERE id = \(id)")
      return try await requeueKey(of: letter, in: transaction)
    }
  }

  /// Locks those of a dead letter's key, so that what is put behind them meanwhile waits for the end of the
  /// transaction.
  private nonisolated(nonsending) func lockKey(
    of id: Int64, in transaction: PostgresTransaction
  ) async throws -> DeadLetter? {
    let rows = try await transaction.query(
      """
      -- name: dead_letter_to_lock
      SELECT \(DeadLetter.columns) FROM dead_letters WHERE id = \(id) FOR UPDATE
      """)
    guard let letter = try rows.first.map({ try DeadLetter($0) }) else { return nil }
    try await transaction.execute(
      """
      -- name: lock_dead_letters_of_key
      SELECT FROM dead_letters
      WHERE consumer = \(letter.consumer) AND topic = \(letter.topic) AND key = \(letter.key)
      ORDER BY id FOR UPDATE
      """)
    return letter
  }

  private nonisolated(nonsending) func requeueKey(
    of letter: DeadLetter, in transaction: PostgresTransaction
  ) async throws -> Int {
    try await transaction.execute(
      """
      -- name: requeue_dead_letters
      UPDATE dead_letters SET requeued_at = coalesce(requeued_at, clock_timestamp())
      WHERE id = \(letter.id)
        OR (consumer = \(letter.consumer) AND topic = \(letter.topic) AND key = \(letter.key))
      """)
  }
}
