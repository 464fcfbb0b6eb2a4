internal import RPC
internal import RPCTransport

/// Decides about one call, after each attempt of it that failed, whether there is another.
struct RetryPlan {
  /// How often a call that its servers refused is made again: the first time for nothing, further ones
  /// out of the budget.
  static let maximumRefusals = 3
  /// How often a call is made again that never left this process, each time on a connection that was
  /// ready a moment before.
  static let maximumStays = 10

  /// What follows.
  enum Decision: Equatable {
    /// The failure is the call's.
    case giveUp
    /// Another attempt after this time.
    case retry(after: Duration)
  }

  /// Nil where the contract does not allow that a call takes effect twice.
  let policy: RetryPolicy?
  let deadline: ContinuousClock.Instant?
  /// How many attempts before the present one a server may have seen.
  private(set) var previousAttempts = 0
  private var backoffs = 0
  private var refusals = 0
  private var stays = 0

  init(_ policy: RetryPolicy?, deadline: ContinuousClock.Instant?) {
    self.policy = policy
    self.deadline = deadline
  }

  /// An attempt has failed.
  ///
  /// - Parameters:
  ///   - isCommitted: Whether the caller has seen something of the response, or what was sent is not
  ///     kept any more.
  ///   - jitter: Randomness, 0 to 1.
  mutating func decide(
    after error: RPCError, isCommitted: Bool, at now: ContinuousClock.Instant, jitter: Double,
    _ allowances: RetryAllowances
  ) -> Decision {
    let (throttle, budget) = (allowances.throttle, allowances.budget)
    let isRetryable = policy?.retryableCodes.contains(error.code) == true
    if isRetryable || error.pushback == .never { throttle?.failed() }
    guard !isCommitted else { return .giveUp }
    if let mark = error.cause as? CallNotProcessed {
      if let decision = transparent(mark, at: now, budget) { return decision }
    }
    // What could not be sent for want of a connection: the pool knows when there may be one again.
    guard let policy, isRetryable, !(error.cause is ServiceNotReached) else { return .giveUp }
    guard previousAttempts + 1 < min(policy.maximumAttempts, RetryPolicy.attemptsLimit),
      throttle?.allowsRetries != false
    else { return .giveUp }
    let wait: Duration
    switch error.pushback {
    case .never: return .giveUp
    case .after(let time):
      wait = time
      backoffs = 0
    case nil:
      backoffs += 1
      wait = policy.backoff(before: backoffs, jitter: jitter)
    }
    // Nobody would wait for the answer.
    if let deadline, now + wait >= deadline { return .giveUp }
    guard budget.take(at: now) else { return .giveUp }
    previousAttempts += 1
    return .retry(after: wait)
  }

  /// What its server has certainly not seen takes effect once, whatever the contract says (gRFC A6,
  /// "Transparent Retries"); nil leaves it to the policy.
  private mutating func transparent(
    _ mark: CallNotProcessed, at now: ContinuousClock.Instant, _ budget: RetryBudget
  ) -> Decision? {
    guard mark.wasSent else {
      stays += 1
      return stays <= Self.maximumStays ? .retry(after: .zero) : nil
    }
    refusals += 1
    guard refusals == 1 || refusals <= Self.maximumRefusals && budget.take(at: now) else {
      return nil
    }
    return .retry(after: .zero)
  }
}
