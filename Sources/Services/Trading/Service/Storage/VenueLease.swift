import Postgres

/// Sees to it that one replica at a time matches at the paper venue.
///
/// The epoch counts the holders. A fill is booked only in a transaction that has seen its own epoch
/// and holds it to the end (``holdQuery(_:)``), so a holder that was overtaken, however late it
/// notices, books nothing.
struct VenueLease: Sendable {
  let database: PostgresPool
  /// Who this replica is, for operators.
  let holder: String
  /// How long the lease lasts from its last renewal, by the database's clock.
  let duration: Duration

  private static let venue = "paper"

  private var milliseconds: Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }

  /// Takes the lease if nobody holds it.
  ///
  /// - Returns: the new epoch; nil while another replica holds the lease.
  func acquire() async throws(PostgresError) -> Int64? {
    try await database.query(
      """
      -- name: acquire_venue_lease
      INSERT INTO venue_leases AS l (venue, epoch, holder, expires_at)
      VALUES (
        \(Self.venue), 1, \(holder), clock_timestamp() + \(milliseconds) * interval '1 millisecond')
      ON CONFLICT (venue) DO UPDATE
      SET epoch = l.epoch + 1, holder = EXCLUDED.holder,
        expires_at = clock_timestamp() + \(milliseconds) * interval '1 millisecond'
      WHERE l.expires_at <= clock_timestamp()
      RETURNING epoch
      """
    ).oneOrNone()?.value("epoch")
  }

  /// Holds the lease for its duration from now on; false when another replica has it.
  func renew(_ epoch: Int64) async throws(PostgresError) -> Bool {
    try await database.execute(
      """
      -- name: renew_venue_lease
      UPDATE venue_leases
      SET expires_at = clock_timestamp() + \(milliseconds) * interval '1 millisecond'
      WHERE venue = \(Self.venue) AND epoch = \(epoch)
      """) == 1
  }

  /// Lets another replica have the lease at once.
  func release(_ epoch: Int64) async throws(PostgresError) {
    try await database.execute(
      """
      -- name: release_venue_lease
      UPDATE venue_leases SET expires_at = clock_timestamp()
      WHERE venue = \(Self.venue) AND epoch = \(epoch)
      """)
  }

  /// Answers a row while the epoch holds, and keeps others from the lease until the transaction ends.
  static func holdQuery(_ epoch: Int64) -> PostgresQuery {
    """
    -- name: hold_venue_lease
    SELECT epoch FROM venue_leases
    WHERE venue = \(venue) AND epoch = \(epoch) AND expires_at > clock_timestamp()
    FOR KEY SHARE
    """
  }
}
