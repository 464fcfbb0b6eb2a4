internal import Synchronization

/// Stops retries of a channel whose calls mostly fail (gRFC A6, "Throttling Retry Attempts").
///
/// Every failure that is worth a retry takes a token, every success brings a part of one; retries stop
/// while no more than half of the tokens are there.
public struct RetryThrottling: Sendable, Hashable {
  /// The tokens at the beginning, which are also the most there can be; up to ``tokensLimit``.
  public var maximumTokens: Int
  /// What a success brings, in thousandths of a token.
  public var milliRatio: Int

  /// The most tokens that a channel can have.
  public static let tokensLimit = 1_000

  /// Names both.
  public init(maximumTokens: Int, milliRatio: Int) {
    self.maximumTokens = maximumTokens
    self.milliRatio = milliRatio
  }
}

/// The tokens of a channel.
final class RetryThrottle: Sendable {
  private let throttling: RetryThrottling
  private let milliTokens: Atomic<Int>

  init(_ throttling: RetryThrottling) {
    self.throttling = throttling
    milliTokens = Atomic(throttling.maximumTokens * 1_000)
  }

  /// Whether calls may be retried.
  var allowsRetries: Bool {
    milliTokens.load(ordering: .relaxed) > throttling.maximumTokens * 1_000 / 2
  }

  /// An attempt has failed in a way that is worth a retry, or its server asks for none.
  func failed() { change { max($0 - 1_000, 0) } }

  /// An attempt has succeeded.
  func succeeded() { change { min($0 + throttling.milliRatio, throttling.maximumTokens * 1_000) } }

  private func change(_ body: (Int) -> Int) {
    var tokens = milliTokens.load(ordering: .relaxed)
    while true {
      let new = body(tokens)
      // Nearly always so: all is well.
      if new == tokens { return }
      let (isDone, current) = milliTokens.weakCompareExchange(
        expected: tokens, desired: new, ordering: .relaxed)
      if isDone { return }
      tokens = current
    }
  }
}
