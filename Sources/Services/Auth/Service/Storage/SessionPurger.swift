internal import AuthDomain
internal import Core
internal import Logging
internal import ServiceKit

/// Removes sessions that have been over for a while, though their users never come back.
///
/// Small batches, each a transaction of its own; all replicas do it, and none waits for another.
struct SessionPurger: Sendable {
  /// How soon it looks again when nothing is left to go.
  static let interval: Duration = .seconds(60)
  /// How long it lets others work after each batch.
  static let pause: Duration = .milliseconds(100)
  /// The most sessions of a statement: few, since one that was used for months has thousands of tokens.
  static let batchLimit = 20

  let sessions: SessionStore
  let rules: SessionRules
  let clock: any Core.Clock
  let logger: Logger

  /// Purges until the task is cancelled.
  var task: BackgroundTask {
    BackgroundTask("sessions that are over") {
      while !Task.isCancelled {
        do { try await purge() } catch {
          logger.warning("old sessions are not removed", metadata: ["reason": "\(error)"])
        }
        try? await Task.sleep(for: Self.interval)
      }
    }
  }

  /// Removes all that is to go now.
  func purge() async throws {
    while !Task.isCancelled {
      let removed = try await sessions.removeOld(rules, limit: Self.batchLimit, at: clock.now)
      guard removed.contains(Self.batchLimit) else { return }
      try? await Task.sleep(for: Self.pause)
    }
  }
}
