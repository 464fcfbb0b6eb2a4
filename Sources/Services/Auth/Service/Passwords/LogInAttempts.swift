internal import AuthDomain
internal import Core
internal import Synchronization

/// Limits how often the password of one address can be guessed at one process, as ``AuthDomain/LockOut`` says.
///
/// Addresses that nobody has are limited like all others, so the limit tells nothing about who is registered.
final class LogInAttempts: Sendable {
  /// The most addresses that are remembered.
  static let maximumAddresses = 10_000
  /// One in so many makes room when that is reached: those whose last wrong password is the longest ago.
  private static let evictedPart = 4

  private let maximumAddresses: Int
  private let lockOuts = Mutex<[String: LockOut]>([:])

  /// Counts attempts from now on.
  init(maximumAddresses: Int = LogInAttempts.maximumAddresses) {
    self.maximumAddresses = maximumAddresses
  }

  /// Lets one attempt be made, or refuses it.
  ///
  /// - Parameters:
  ///   - address: In its canonical form; all texts that are no address share the empty one.
  ///   - clock: Tells when the attempt begins and when it turns out to be wrong.
  /// - Throws: ``AuthDomain/TooManyLogIns``, or what `attempt` throws.
  nonisolated(nonsending) func limit<Value>(
    _ address: String, by clock: any Core.Clock,
    _ attempt: nonisolated(nonsending) () async throws -> Value
  ) async throws -> Value {
    try begin(address, at: clock.now)
    do {
      let value = try await attempt()
      end(address) { $0.succeed() }
      return value
    } catch let rejection as LogInRejection {
      end(address) { $0.fail(at: clock.now) }
      throw rejection
    } catch {
      end(address) { $0.abandon() }
      throw error
    }
  }

  private func begin(_ address: String, at now: Instant) throws(TooManyLogIns) {
    try lockOuts.withLock { lockOuts throws(TooManyLogIns) in
      if lockOuts[address] == nil, lockOuts.count >= maximumAddresses {
        try makeRoom(in: &lockOuts, at: now)
      }
      try lockOuts[address, default: LockOut()].begin(at: now)
    }
  }

  private func end(_ address: String, _ change: (inout LockOut) -> Void) {
    lockOuts.withLock { lockOuts in
      change(&lockOuts[address, default: LockOut()])
      if lockOuts[address]?.underWay == 0, lockOuts[address]?.failures == 0 {
        lockOuts[address] = nil
      }
    }
  }

  /// Forgets those that are neither locked nor under way, the oldest first; locks are kept.
  private func makeRoom(
    in lockOuts: inout [String: LockOut], at now: Instant
  ) throws(TooManyLogIns) {
    let candidates = lockOuts.filter { entry in
      entry.value.underWay == 0 && entry.value.lockedUntil.map { $0 <= now } ?? true
    }
    guard !candidates.isEmpty else {
      let next = lockOuts.values.compactMap(\.lockedUntil).min()
      throw TooManyLogIns(retryAfter: next.map { $0 - now } ?? LockOut.busyDelay)
    }
    let oldest = candidates.sorted {
      ($0.value.lastFailure ?? .epoch) < ($1.value.lastFailure ?? .epoch)
    }
    for entry in oldest.prefix(max(1, maximumAddresses / Self.evictedPart)) {
      lockOuts[entry.key] = nil
    }
  }
}
