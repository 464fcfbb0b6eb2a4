internal import Core
internal import Observability
internal import Synchronization

/// The limit of one class, and who has used how much of it, as far as this gateway has seen it.
final class CountedClass: Sendable {
  /// Who has decided on a request.
  enum Counting: String, CaseIterable, Sendable {
    /// This gateway, which shares its limits with no other.
    case alone
    /// The store that gateways share.
    case together
    /// This gateway, because the store is away.
    case fallback
  }

  let limit: RateLimit
  private let name: String
  private let clock: any Core.Clock
  private let windows: Mutex<SlidingWindows<RateSubject>>
  private let admitted: [Counting: Counter]
  private let refused: [Counting: Counter]

  /// Counts by a clock that is never set.
  init(
    _ name: String, _ limit: RateLimit, callers: Int, clock: any Core.Clock,
    _ metrics: MetricsRegistry
  ) {
    self.name = name
    self.clock = clock
    self.limit = limit
    windows = Mutex(SlidingWindows(width: limit.windowMicroseconds, capacity: callers))
    func counters(_ outcome: String) -> [Counting: Counter] {
      Dictionary(
        uniqueKeysWithValues: Counting.allCases.map { counting in
          let counter = metrics.counter(
            "gateway_rate_limit_requests_total", "Requests that counted against a class of limits.",
            ["rate_class": name, "outcome": outcome, "counted": counting.rawValue])
          return (counting, counter)
        })
    }
    admitted = counters("admitted")
    refused = counters("refused")
    metrics.gauge(
      "gateway_rate_limit_callers", "Callers with a window of their own.", ["rate_class": name]
    ) { [weak self] in self.map { Double($0.windows.withLock(\.count)) } }
  }

  /// Admits a request if the limit allows it.
  ///
  /// The time is taken where requests stand in line: one that is overtaken between the clock and the window would look
  /// like a clock that was set back.
  ///
  /// - Returns: What becomes of it, and when that was decided.
  func admit(_ subject: RateSubject, limit: Int) -> (SlidingWindow.Verdict, at: Int64) {
    windows.withLock { windows in
      let now = clock.now.microseconds
      return (windows.admit(subject, at: now, limit: limit), at: now)
    }
  }

  /// Takes back a request that was admitted at that time.
  func withdraw(_ subject: RateSubject, admittedAt time: Int64) {
    windows.withLock { $0.withdraw(subject, admittedAt: time) }
  }

  /// What is told of a verdict, which is counted here.
  func decision(
    _ verdict: SlidingWindow.Verdict, _ requests: Int, _ counting: Counting
  ) -> RateDecision {
    (verdict.isAdmitted ? admitted : refused)[counting]?.add()
    return RateDecision(
      rateClass: name, requests: requests, windowSeconds: limit.windowSeconds, verdict: verdict)
  }
}
