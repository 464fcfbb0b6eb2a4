/// How many requests of one class a caller may make.
///
/// In every half-open span of time as long as the window at most `requests` are admitted, wherever the span begins.
public struct RateLimit: Sendable, Hashable {
  /// Whom a limit counts.
  public enum Subject: Sendable, Hashable {
    /// The address that a request comes from: what is asked before anybody is known.
    case address
    /// The user; of a request without one, the address.
    case user
  }

  /// What a gateway admits that cannot reach the store which it shares with others.
  public enum Fallback: Sendable, Hashable {
    /// Its share of the limit: all gateways together admit no more than one of them would.
    case share
    /// The whole limit: each gateway counts for itself.
    case whole
  }

  /// How many requests are admitted in a window.
  public let requests: Int
  /// How long the window is.
  public let window: Duration
  /// Whom the limit counts.
  public let subject: Subject
  /// What is admitted while the shared store is away.
  public let fallback: Fallback

  /// States a limit.
  ///
  /// - Precondition: At least one request, in at least a microsecond.
  public init(_ requests: Int, per window: Duration, of subject: Subject, alone fallback: Fallback)
  {
    precondition(requests > 0, "a limit admits a request, got \(requests)")
    precondition(window >= .microseconds(1), "a window has a length, got \(window)")
    self.requests = requests
    self.window = window
    self.subject = subject
    self.fallback = fallback
  }

  /// The same limit with other numbers.
  public func with(_ requests: Int, per window: Duration) -> RateLimit {
    RateLimit(requests, per: window, of: subject, alone: fallback)
  }

  /// The window in microseconds.
  var windowMicroseconds: Int64 {
    let (seconds, attoseconds) = window.components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }

  /// The window in seconds, rounded up.
  var windowSeconds: Int64 { (windowMicroseconds + 999_999) / 1_000_000 }
}
