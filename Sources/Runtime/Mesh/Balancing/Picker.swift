internal import Core
internal import RPC
internal import RPCTransport
internal import Synchronization

/// The connections that calls may take at a moment, and the choice among them.
///
/// It never changes: when connections come or go, another takes its place.
final class Picker: Sendable {
  /// A connection to an address of the service.
  struct Candidate: Sendable, Equatable {
    let subchannel: Subchannel
    let connection: ClientConnection

    static func == (left: Candidate, right: Candidate) -> Bool {
      left.subchannel === right.subchannel && left.connection === right.connection
    }
  }

  /// What came of picking.
  enum Choice: Sendable {
    case connection(Candidate)
    /// Every connection has as many calls as it is given.
    case full
    /// There is no connection.
    case none
  }

  /// No connection at all.
  static let empty = Picker(.pickFirst, [], callLimit: 0)

  private let policy: BalancingPolicy
  private let candidates: [Candidate]
  private let callLimit: Int
  private let turn = Atomic(0)

  /// - Parameter callLimit: How many calls each candidate is given at a time.
  init(_ policy: BalancingPolicy, _ candidates: [Candidate], callLimit: Int) {
    self.policy = policy
    self.candidates = candidates
    self.callLimit = callLimit
  }

  /// Whether there is no connection.
  var isEmpty: Bool { candidates.isEmpty }

  /// Chooses a connection for a call, which counts as begun there.
  func pick(
    _ kind: CallKind, at now: ContinuousClock.Instant, _ random: inout SplitMix64
  ) -> Choice {
    guard !candidates.isEmpty else { return .none }
    let time = MillisecondClock.time(of: now)
    while true {
      let index = policy.choose(
        of: candidates.count, turn: turn.wrappingAdd(1, ordering: .relaxed).oldValue,
        random: &random
      ) {
        candidates[$0].subchannel.callCount >= callLimit
      } load: {
        candidates[$0].subchannel.load(for: kind, at: time)
      }
      guard let index else { return .full }
      // Else other threads have filled it up since.
      if candidates[index].subchannel.callBegan(kind, limit: callLimit) {
        return .connection(candidates[index])
      }
    }
  }
}
