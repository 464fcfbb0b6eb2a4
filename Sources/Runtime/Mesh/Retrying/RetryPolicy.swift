public import RPC

/// When a call that failed is made again, and after which wait (gRFC A6, "Retry Policy").
public struct RetryPolicy: Sendable, Hashable {
  /// The most attempts of a call, the first among them: 2 to ``attemptsLimit``.
  public var maximumAttempts: Int
  /// The wait before the second attempt, a fifth more or less.
  public var initialBackoff: Duration
  /// The longest wait, a fifth more or less.
  public var maximumBackoff: Duration
  /// By how much each wait is longer than the one before it.
  public var backoffMultiplier: Double
  /// The statuses after which it is worth another attempt.
  public var retryableCodes: Set<StatusCode>

  /// The most attempts that a policy can ask for (gRFC A6, "Limits on Retries and Hedges").
  public static let attemptsLimit = 5

  /// Names everything.
  public init(
    maximumAttempts: Int, initialBackoff: Duration, maximumBackoff: Duration,
    backoffMultiplier: Double, retryableCodes: Set<StatusCode>
  ) {
    self.maximumAttempts = maximumAttempts
    self.initialBackoff = initialBackoff
    self.maximumBackoff = maximumBackoff
    self.backoffMultiplier = backoffMultiplier
    self.retryableCodes = retryableCodes
  }

  /// What holds for methods that may be repeated, unless the configuration says otherwise: three
  /// attempts at a server that is away.
  public static let standard = RetryPolicy(
    maximumAttempts: 3, initialBackoff: .milliseconds(50), maximumBackoff: .seconds(1),
    backoffMultiplier: 2, retryableCodes: [.unavailable])

  /// The wait before a retry.
  ///
  /// - Parameters:
  ///   - number: Counts the retries that waited for a backoff, from 1.
  ///   - jitter: Randomness, 0 to 1.
  func backoff(before number: Int, jitter: Double) -> Duration {
    var wait = initialBackoff
    for _ in 1..<max(number, 1) where wait < maximumBackoff {
      wait = wait * backoffMultiplier
    }
    return min(wait, maximumBackoff) * (1 + 0.2 * (2 * jitter - 1))
  }
}
