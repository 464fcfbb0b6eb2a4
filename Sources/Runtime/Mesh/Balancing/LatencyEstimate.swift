internal import Foundation

/// How long a server takes to answer, as far as its last answers tell: a moving average that weighs by
/// time, goes up at once and comes down slowly.
///
/// This is the "peak EWMA" of Finagle (`com.twitter.finagle.loadbalancer.p2c`, PeakEwma): a slow answer
/// counts in full, a fast one as much as the time that has passed since the one before it. What nobody
/// asks is forgotten, so that a server which was slow is tried again.
///
/// It fits one word, so that threads can exchange it without a lock.
struct LatencyEstimate: Hashable {
  /// The time in which the past loses all but 1/e of its weight.
  static let decay: Duration = .seconds(5)
  /// The longest time that is told apart from longer ones.
  static let longest: Duration = .seconds(300)

  /// Milliseconds; nothing is known at 0.
  private(set) var milliseconds: Float
  /// When the last answer came.
  private(set) var time: MillisecondClock.Time

  /// Nothing is known yet.
  init() {
    milliseconds = 0
    time = 0
  }

  /// Unpacks an estimate.
  init(word: UInt64) {
    milliseconds = Float(bitPattern: UInt32(truncatingIfNeeded: word >> 32))
    time = UInt32(truncatingIfNeeded: word)
  }

  /// The estimate in one word.
  var word: UInt64 { UInt64(milliseconds.bitPattern) << 32 | UInt64(time) }

  /// What the estimate is at a later time, without an answer since.
  func milliseconds(at now: MillisecondClock.Time) -> Float {
    milliseconds * Self.weight(after: MillisecondClock.milliseconds(from: time, to: now))
  }

  /// An answer came after so long.
  mutating func add(_ latency: Duration, at now: MillisecondClock.Time) {
    let new = Self.milliseconds(latency)
    if new >= milliseconds {
      milliseconds = new
    } else {
      let weight = Self.weight(after: MillisecondClock.milliseconds(from: time, to: now))
      milliseconds = milliseconds * weight + new * (1 - weight)
    }
    time = now
  }

  /// An answer had not come after so long: it would have taken longer than that.
  mutating func addAtLeast(_ latency: Duration, at now: MillisecondClock.Time) {
    if Self.milliseconds(latency) > milliseconds(at: now) { add(latency, at: now) }
  }

  private static func milliseconds(_ latency: Duration) -> Float {
    Float(min(max(latency, .zero), longest) / .milliseconds(1))
  }

  private static func weight(after milliseconds: UInt32) -> Float {
    milliseconds == 0 ? 1 : exp(-Float(milliseconds) / Float(decay / .milliseconds(1)))
  }
}
