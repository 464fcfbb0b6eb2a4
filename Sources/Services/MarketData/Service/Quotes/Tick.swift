import Core
import MarketDataDomain

/// One quote as it is stored: when it was published, and in which step of the replay it was made.
///
/// A class, so that thousands of subscribers share one.
final class Tick: Sendable {
  /// The quote.
  let quote: Quote
  /// The step of the replay.
  let step: Int64
  /// When it was published, by the replaying replica's clock.
  let publishedAt: Instant

  /// Takes the parts.
  init(_ quote: Quote, step: Int64, publishedAt: Instant) {
    self.quote = quote
    self.step = step
    self.publishedAt = publishedAt
  }
}
