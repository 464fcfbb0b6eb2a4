/// A bucket of tokens: a burst at once, then a steady rate.
struct RateMeter {
  private let burst: Double
  private let perSecond: Double
  private var tokens: Double
  private var last: ContinuousClock.Instant

  init(burst: Int, perSecond: Int, now: ContinuousClock.Instant) {
    self.burst = Double(burst)
    self.perSecond = Double(perSecond)
    self.tokens = Double(burst)
    self.last = now
  }

  /// Counts one event; false when it is one too many.
  mutating func count(now: ContinuousClock.Instant) -> Bool {
    let (seconds, attoseconds) = (now - last).components
    let elapsed = Double(seconds) + Double(attoseconds) * 1e-18
    last = now
    tokens = min(burst, tokens + elapsed * perSecond)
    guard tokens >= 1 else { return false }
    tokens -= 1
    return true
  }
}
