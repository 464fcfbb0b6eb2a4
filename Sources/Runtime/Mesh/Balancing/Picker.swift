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

  /// No connection at all.
  static let empty = Picker(.pickFirst, [])

  private let policy: BalancingPolicy
  private let candidates: [Candidate]
  private let turn = Atomic(0)

  init(_ policy: BalancingPolicy, _ candidates: [Candidate]) {
    self.policy = policy
    self.candidates = candidates
  }

  /// Whether there is no connection.
  var isEmpty: Bool { candidates.isEmpty }

  /// Chooses a connection for a call, which counts as begun there.
  ///
  /// - Returns: nil when there is none.
  func pick(
    _ kind: CallKind, at now: ContinuousClock.Instant, _ random: inout SplitMix64
  ) -> Candidate? {
    let time = MillisecondClock.time(of: now)
    let index = policy.choose(
      of: candidates.count, turn: turn.wrappingAdd(1, ordering: .relaxed).oldValue,
      random: &random
    ) { _ in
      false
    } load: {
      candidates[$0].subchannel.load(for: kind, at: time)
    }
    guard let index else { return nil }
    candidates[index].subchannel.callBegan(kind)
    return candidates[index]
  }
}
