internal import Core
internal import Observability
internal import Synchronization

/// Whom a limit counts a request for.
enum RateSubject: Sendable, Hashable {
  case user(String)
  /// Nil where the connection has no address of the internet.
  case address(IPAddress?)
}

/// What became of a request that counts against a class.
struct RateDecision: Sendable, Hashable {
  let rateClass: String
  /// The limit that was applied.
  let requests: Int
  /// Its window in seconds.
  let windowSeconds: Int64
  let verdict: SlidingWindow.Verdict

  /// The seconds of the verdict's wait, rounded up: who waits so long has waited long enough.
  var waitSeconds: Int { Int((verdict.wait + 999_999) / 1_000_000) }

  /// What a response says of it: draft-ietf-httpapi-ratelimit-headers-10.
  var headers: [(name: String, value: String)] {
    [
      ("ratelimit-policy", "\"\(rateClass)\";q=\(requests);w=\(windowSeconds)"),
      ("ratelimit", "\"\(rateClass)\";r=\(verdict.remaining);t=\(waitSeconds)"),
    ]
  }
}

/// Counts requests by class and caller.
final class RateLimiter: Sendable {
  /// The limit of one class, and who has used how much of it.
  private final class CountedClass: Sendable {
    let name: String
    let limit: RateLimit
    let windows: Mutex<SlidingWindows<RateSubject>>
    let admitted: Counter
    let refused: Counter

    init(_ name: String, _ limit: RateLimit, callers: Int, _ metrics: MetricsRegistry) {
      self.name = name
      self.limit = limit
      windows = Mutex(SlidingWindows(width: limit.windowMicroseconds, capacity: callers))
      func counter(_ outcome: String) -> Counter {
        metrics.counter(
          "gateway_rate_limit_requests_total", "Requests that counted against a class of limits.",
          ["rate_class": name, "outcome": outcome])
      }
      admitted = counter("admitted")
      refused = counter("refused")
    }
  }

  private let classes: [String: CountedClass]
  private let clock: any Core.Clock

  /// Counts against these limits.
  ///
  /// - Parameter clock: One that is never set.
  init(_ limits: RateLimits, clock: any Core.Clock, metrics: MetricsRegistry) {
    self.clock = clock
    classes = Dictionary(
      uniqueKeysWithValues: limits.classes.map { name, limit in
        (name, CountedClass(name, limit, callers: limits.callers, metrics))
      })
    for counted in classes.values {
      metrics.gauge(
        "gateway_rate_limit_callers", "Callers with a window of their own.",
        ["rate_class": counted.name]
      ) { Double(counted.windows.withLock(\.count)) }
    }
  }

  /// The limit of a class; nil where there is none.
  func limit(of rateClass: String?) -> RateLimit? {
    rateClass.flatMap { classes[$0]?.limit }
  }

  /// Counts a request; nil where its class has no limit.
  func admit(_ subject: RateSubject, to rateClass: String) -> RateDecision? {
    guard let counted = classes[rateClass] else { return nil }
    let now = clock.now.microseconds
    let limit = counted.limit
    let verdict = counted.windows.withLock {
      $0.admit(subject, at: now, limit: limit.requests)
    }
    (verdict.isAdmitted ? counted.admitted : counted.refused).add()
    return RateDecision(
      rateClass: rateClass, requests: limit.requests, windowSeconds: limit.windowSeconds,
      verdict: verdict)
  }
}

/// A clock that is never set: its instants count from some moment before the process began.
struct SteadyClock: Core.Clock {
  var now: Instant { Instant(microseconds: Int64(MonotonicTime.nanoseconds / 1000)) }
}
