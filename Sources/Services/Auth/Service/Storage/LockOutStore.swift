internal import AuthDomain
internal import Core
internal import Crypto
internal import Foundation
internal import Postgres

/// What is known of guesses at passwords, in this service's schema: each replica counts what all do.
struct LockOutStore: Sendable {
  /// How often a change is tried when the database asks for that.
  static let attempts = 5

  let database: PostgresPool

  /// Changes what is known of one address, which is kept from others meanwhile; not if the change throws.
  ///
  /// - Parameters:
  ///   - address: In its canonical form.
  ///   - now: The time of the change.
  nonisolated(nonsending) func update(
    _ address: String, at now: Instant, _ change: (inout LockOut) throws -> Void
  ) async throws {
    let hash = Array(SHA256.hash(data: Data(address.utf8)))
    try await database.transaction(attempts: Self.attempts) { transaction in
      var lockOut = try await transaction.query(
        """
        -- name: lock_out_claim
        INSERT INTO lock_outs (address_hash, failures, last_failure, under_way, touched_at)
        VALUES (\(hash), 0, NULL, '{}', \(now))
        ON CONFLICT (address_hash) DO UPDATE SET touched_at = \(now)
        RETURNING failures, last_failure, under_way
        """
      ).one().lockOut
      try change(&lockOut)
      if lockOut.isBlank {
        transaction.send(
          """
          -- name: lock_out_forget
          DELETE FROM lock_outs WHERE address_hash = \(hash)
          """)
      } else {
        transaction.send(
          """
          -- name: lock_out_save
          UPDATE lock_outs SET failures = \(Int32(clamping: lockOut.failures)),
            last_failure = \(lockOut.lastFailure), under_way = \(lockOut.underWay)
          WHERE address_hash = \(hash)
          """)
      }
    }
  }

  /// Removes what nobody needs to remember, and of the rest beyond a number those that were tried the longest ago and
  /// lock nothing.
  ///
  /// - Returns: how many were removed.
  @discardableResult
  nonisolated(nonsending) func removeOld(leaving maximum: Int, at now: Instant) async throws -> Int
  {
    let forgotten = try await database.execute(
      """
      -- name: lock_outs_remove_old
      DELETE FROM lock_outs
      WHERE touched_at <= \(now - LockOut.memory)
        OR (failures = 0 AND touched_at <= \(now - LockOut.longestAttempt))
      """)
    let evicted = try await database.execute(
      """
      -- name: lock_outs_make_room
      DELETE FROM lock_outs WHERE failures < \(Int32(LockOut.freeAttempts)) AND address_hash IN (
        SELECT address_hash FROM lock_outs ORDER BY touched_at DESC OFFSET \(Int64(maximum)))
      """)
    return forgotten + evicted
  }
}

extension PostgresRow {
  fileprivate var lockOut: LockOut {
    get throws {
      LockOut(
        failures: Int(try decode(Int32.self, "failures")),
        underWay: try decode([Instant].self, "under_way"),
        lastFailure: try decode(Instant?.self, "last_failure"))
    }
  }
}
