internal import RPC
internal import RPCTransport
internal import Synchronization

/// What the calls to one replica came to since somebody looked, counted without a lock.
struct CallOutcomes: ~Copyable {
  /// What a call says about the replica that it was sent to.
  enum Verdict {
    /// It serves, even if what it was asked for was wrong.
    case success
    /// It answers, but fails.
    case failure
    /// It does not answer, or cannot serve.
    case outage
    /// Nothing.
    case none
  }

  /// Successes in the low half, failures in the high one: taken together or not at all.
  private let counts = Atomic<UInt64>(0)
  private let streak = Atomic(0)

  /// How many calls in a row have failed.
  var consecutiveFailures: Int { streak.load(ordering: .relaxed) }

  /// Counts a call; returns how many outages there have been in a row.
  func count(_ verdict: Verdict) -> Int {
    switch verdict {
    case .none: return 0
    case .outage:
      counts.wrappingAdd(1 << 32, ordering: .relaxed)
      return streak.wrappingAdd(1, ordering: .relaxed).newValue
    case .failure: counts.wrappingAdd(1 << 32, ordering: .relaxed)
    case .success: counts.wrappingAdd(1, ordering: .relaxed)
    }
    // Read first: nearly always so, and then no other core loses the line for it.
    if streak.load(ordering: .relaxed) != 0 { streak.store(0, ordering: .relaxed) }
    return 0
  }

  /// Takes what has been counted since the last time.
  func take() -> (successes: Int, failures: Int) {
    let word = counts.exchange(0, ordering: .relaxed)
    return (Int(UInt32(truncatingIfNeeded: word)), Int(word >> 32))
  }

  /// Begins a new row.
  func forgetStreak() { streak.store(0, ordering: .relaxed) }

  /// What the end of a call says.
  ///
  /// A server that sheds load, drains or closes serves: it is not an outlier but busy, and to leave it
  /// alone would only make the others so. A stream that its caller's deadline ended has said nothing.
  static func verdict(_ kind: CallKind, _ failure: RPCError?) -> Verdict {
    guard let failure else { return .success }
    switch failure.code {
    case .unavailable where failure.cause is CallNotProcessed || failure.pushback != nil:
      return .none
    case .unavailable: return .outage
    case .deadlineExceeded:
      if case .unary = kind { return .outage }
      return .none
    case .cancelled, .resourceExhausted: return .none
    case .unknown, .internal, .dataLoss: return .failure
    default: return .success
    }
  }
}
