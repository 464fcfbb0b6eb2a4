import Postgres

/// The partitions that one instance of a consumer holds, within ``PartitionLeases/hold(_:)``.
///
/// Each instance holds a shared lock by which the others count it, then a savepoint, then a lock for each partition:
/// to go back to the savepoint gives all partitions back, and the instance is still counted.
actor PartitionLease {
  private let consumer: String
  private let renewal: Duration
  private let transaction: PostgresTransaction
  private var held: Set<Int32> = []
  private var isCounted = false

  init(consumer: String, renewal: Duration, transaction: PostgresTransaction) {
    self.consumer = consumer
    self.renewal = renewal
    self.transaction = transaction
  }

  /// Gives back what is more than this instance's share, and takes what it may still have.
  ///
  /// - Parameter count: how many partitions the topic has.
  /// - Returns: the numbers of those it holds now; none where there are more instances than partitions.
  func balance(of count: Int) async throws -> Set<Int32> {
    let share = try await share(of: count)
    if held.count > share || held.contains(where: { $0 >= count }) {
      transaction.send("ROLLBACK TO SAVEPOINT share")
      held = []
    }
    try await take(upTo: share, of: count)
    return held
  }

  /// Holds the partitions until the share changes: there is something to give back, or something was gained.
  ///
  /// - Throws: `CancellationError`, or a `PostgresError` when the locks are lost.
  func keep(of count: Int) async throws {
    let before = held
    while held == before {
      try await Task.sleep(for: renewal)
      let share = try await share(of: count)
      guard held.count <= share else { return }
      try await take(upTo: share, of: count)
    }
  }

  /// How many partitions each instance may hold.
  private func share(of count: Int) async throws -> Int {
    if !isCounted {
      transaction.send(
        "-- name: join_consumer\nSELECT pg_advisory_xact_lock_shared(\(key("members")))")
      transaction.send("SAVEPOINT share")
      isCounted = true
    }
    let members = try await query(
      """
      -- name: count_consumer_members
      SELECT count(*) AS members
      FROM pg_catalog.pg_locks, (SELECT \(key("members")) AS key) AS members
      WHERE locktype = 'advisory' AND objsubid = 1 AND granted
        AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
        AND classid = (members.key >> 32 & 4294967295)::oid
        AND objid = (members.key & 4294967295)::oid
      """
    ).one().decode(Int.self, "members")
    return (count + members - 1) / max(1, members)
  }

  private func take(upTo share: Int, of count: Int) async throws {
    for partition in 0..<Int32(clamping: count) where held.count < share {
      guard !held.contains(partition) else { continue }
      let isTaken = try await query(
        """
        -- name: lock_partition
        SELECT pg_try_advisory_xact_lock(\(key("partition \(partition)"))) AS is_taken
        """
      ).one().decode(Bool.self, "is_taken")
      if isTaken { held.insert(partition) }
    }
  }

  /// The number of a lock, of its name within the consumer of this schema.
  private func key(_ name: String) -> PostgresQuery {
    """
    hashtextextended(
      'alphintra consumer ' || current_schema() || ' ' || \(consumer)::text || ' ' || \(name)::text, 0)
    """
  }

  /// Runs a statement to its end, also when this task is cancelled: to cancel it would lose the transaction and all that
  /// it holds.
  private func query(_ query: PostgresQuery) async throws -> PostgresRows {
    try await Task { [transaction] in try await transaction.query(query) }.value
  }
}
