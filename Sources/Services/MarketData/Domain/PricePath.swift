import Core

/// The course of a price through one bar, in integer steps of the instrument's print scale.
///
/// The path starts at the bar's open, ends at its close and touches its high and its low; it never
/// leaves them. Between those four anchors it is a bridge by midpoint displacement: each midpoint is
/// the mean of its ends plus noise whose amplitude shrinks by 1/√2 from one level to the next, the
/// discrete form of a Brownian bridge. All arithmetic is on integers, so every machine draws the
/// same path from the same seed.
struct PricePath {
  /// The bar's prices, in steps of the print scale.
  struct Anchors {
    var open: Int64
    var high: Int64
    var low: Int64
    var close: Int64
  }

  /// Fewest points that can touch all four anchors.
  static let minCount = 4

  /// One price per tick.
  private(set) var prices: [Int64]
  private let anchors: Anchors
  /// Prices strictly between the anchors are rounded to multiples of this.
  private let grid: Int64

  /// Draws a path of `count` prices.
  ///
  /// - Precondition: `count >= PricePath.minCount`, and the anchors are those of a bar.
  init(_ anchors: Anchors, count: Int, grid: Int64, random: inout SplitMix64) {
    precondition(count >= Self.minCount, "a path needs \(Self.minCount) points")
    self.anchors = anchors
    self.grid = grid
    prices = Array(repeating: anchors.open, count: count)
    // Two different inner points: one for the high, one for the low.
    let last = Int64(count - 2)
    let first = Int(random.next(in: 1...last))
    let offset = Int(random.next(in: 1...(last - 1)))
    let second = 1 + (first - 1 + offset) % Int(last)
    prices[first] = anchors.high
    prices[second] = anchors.low
    prices[count - 1] = anchors.close
    let (left, right) = (min(first, second), max(first, second))
    let amplitude = (anchors.high - anchors.low) / 4
    bridge(0, left, amplitude, &random)
    bridge(left, right, amplitude, &random)
    bridge(right, count - 1, amplitude, &random)
  }

  /// Fills the points strictly between `left` and `right`; recursion depth is the logarithm of the
  /// distance.
  private mutating func bridge(
    _ left: Int, _ right: Int, _ amplitude: Int64, _ random: inout SplitMix64
  ) {
    guard right - left > 1 else { return }
    let middle = left + (right - left) / 2
    let mean = (prices[left] + prices[right]) / 2
    let noise = amplitude > 0 ? random.next(in: -amplitude...amplitude) : 0
    let rounded = (mean + noise) / grid * grid
    prices[middle] = min(max(rounded, anchors.low), anchors.high)
    // 181/256 is 1/√2 to three digits.
    let smaller = amplitude * 181 / 256
    bridge(left, middle, smaller, &random)
    bridge(middle, right, smaller, &random)
  }
}
