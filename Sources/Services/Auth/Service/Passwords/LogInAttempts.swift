internal import AuthDomain
internal import Core
internal import Logging
internal import ServiceKit

/// Limits how often the password of one address can be guessed at all replicas together, as ``AuthDomain/LockOut`` says.
///
/// Addresses that nobody has are limited like all others, so the limit tells nothing about who is registered.
struct LogInAttempts: Sendable {
  /// The most addresses that are remembered, but for those that are locked: of these there are no more than passwords can
  /// be hashed for.
  static let maximumAddresses = 100_000
  /// How often what need not be remembered is removed.
  static let cleaningInterval: Duration = .seconds(60)

  private let store: LockOutStore
  private let logger: Logger
  private let maximumAddresses: Int

  /// Counts in the service's schema.
  init(
    _ store: LockOutStore, maximumAddresses: Int = LogInAttempts.maximumAddresses, logger: Logger
  ) {
    self.store = store
    self.maximumAddresses = maximumAddresses
    self.logger = logger
  }

  /// Lets one attempt be made, or refuses it.
  ///
  /// - Parameters:
  ///   - address: In its canonical form; all texts that are no address share the empty one.
  ///   - clock: Tells when the attempt begins and when it turns out to be wrong.
  /// - Throws: ``AuthDomain/TooManyLogIns``, or what `attempt` throws; `PostgresError` if a wrong password could not be
  ///   counted, which is then not told either.
  nonisolated(nonsending) func limit<Value>(
    _ address: String, by clock: any Core.Clock,
    _ attempt: nonisolated(nonsending) () async throws -> Value
  ) async throws -> Value {
    let start = clock.now
    try await store.update(address, at: start) { try $0.begin(at: start) }
    do {
      let value = try await attempt()
      await note(address, by: clock) { lockOut, _ in lockOut.succeed(begunAt: start) }
      return value
    } catch let rejection as LogInRejection {
      try await end(address, by: clock) { $0.fail(begunAt: start, at: $1) }
      throw rejection
    } catch {
      await note(address, by: clock) { lockOut, _ in lockOut.abandon(begunAt: start) }
      throw error
    }
  }

  /// Removes what need not be remembered, until the task is cancelled.
  var task: BackgroundTask {
    BackgroundTask("lock-outs") {
      while !Task.isCancelled {
        do { try await clean(at: SystemClock().now) } catch {
          logger.warning("old lock-outs are not removed", metadata: ["reason": "\(error)"])
        }
        try? await Task.sleep(for: Self.cleaningInterval)
      }
    }
  }

  /// Removes what need not be remembered now.
  func clean(at now: Instant) async throws {
    try await store.removeOld(leaving: maximumAddresses, at: now)
  }

  /// Writes down what became of an attempt, also when nobody waits for it any more.
  private nonisolated(nonsending) func end(
    _ address: String, by clock: any Core.Clock,
    _ change: @escaping @Sendable (inout LockOut, Instant) -> Void
  ) async throws {
    let store = store
    // A task of its own: the call's may have been cancelled.
    try await Task {
      let now = clock.now
      try await store.update(address, at: now) { change(&$0, now) }
    }.value
  }

  /// The same where it does no harm if it is not written down: the attempt is under way for a while longer.
  private nonisolated(nonsending) func note(
    _ address: String, by clock: any Core.Clock,
    _ change: @escaping @Sendable (inout LockOut, Instant) -> Void
  ) async {
    do { try await end(address, by: clock, change) } catch {
      logger.warning(
        "what became of a log-in is not written down", metadata: ["reason": "\(error)"])
    }
  }
}
