internal import AuthDomain
internal import Core
internal import Synchronization

/// Limits how often the password of one address can be guessed at one process.
///
/// An attempt counts from its beginning, so that many at once do not slip through, and is forgotten
/// when it turns out to be no guess: the password was right, or was never compared. Addresses that
/// nobody has are limited like all others, so the limit tells nothing about who is registered.
final class LogInAttempts: Sendable {
  /// How long a wrong password counts.
  static let window: Duration = .seconds(60)
  /// The most wrong passwords for one address within the window.
  static let maximumPerAddress = 10
  /// The most addresses with attempts that count; while there are as many, no others are served.
  static let maximumAddresses = 10_000

  private struct State {
    var times: [String: [Instant]] = [:]
    /// When the first of all attempts ends, as of the last time all were looked through.
    var fullUntil: Instant?
  }

  private let maximumAddresses: Int
  private let state = Mutex(State())

  /// Counts attempts from now on.
  init(maximumAddresses: Int = LogInAttempts.maximumAddresses) {
    self.maximumAddresses = maximumAddresses
  }

  /// Lets one attempt be made, or refuses it.
  ///
  /// - Parameter address: in its canonical form; all texts that are no address share the empty one.
  /// - Throws: ``TooManyLogIns``, or what `attempt` throws.
  nonisolated(nonsending) func limit<Value>(
    _ address: String, at now: Instant,
    _ attempt: nonisolated(nonsending) () async throws -> Value
  ) async throws -> Value {
    try begin(address, at: now)
    do {
      let value = try await attempt()
      forget(address, at: now)
      return value
    } catch let rejection as LogInRejection {
      throw rejection
    } catch {
      forget(address, at: now)
      throw error
    }
  }

  private func begin(_ address: String, at now: Instant) throws(TooManyLogIns) {
    try state.withLock { state throws(TooManyLogIns) in
      let times = (state.times[address] ?? []).filter { now < $0 + Self.window }
      if let first = times.first, times.count >= Self.maximumPerAddress {
        throw TooManyLogIns(retryAfter: first + Self.window - now)
      }
      if times.isEmpty, state.times.count >= maximumAddresses {
        try makeRoom(in: &state, at: now)
      }
      state.times[address] = times + [now]
    }
  }

  private func makeRoom(in state: inout State, at now: Instant) throws(TooManyLogIns) {
    if let until = state.fullUntil, now < until { throw TooManyLogIns(retryAfter: until - now) }
    state.times = state.times.filter { $0.value.contains { now < $0 + Self.window } }
    guard state.times.count >= maximumAddresses else {
      state.fullUntil = nil
      return
    }
    let ends = state.times.values.compactMap { $0.last.map { $0 + Self.window } }.min()
    state.fullUntil = ends
    throw TooManyLogIns(retryAfter: (ends ?? now + Self.window) - now)
  }

  private func forget(_ address: String, at time: Instant) {
    state.withLock { state in
      guard let index = state.times[address]?.firstIndex(of: time) else { return }
      state.times[address]?.remove(at: index)
      if state.times[address]?.isEmpty == true { state.times[address] = nil }
    }
  }
}

/// An address was tried too often, or too many addresses were.
struct TooManyLogIns: Error, Hashable, Sendable {
  /// When the next attempt may be made.
  let retryAfter: Duration
}
