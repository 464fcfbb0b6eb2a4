/// How a day's volume spreads over its ticks: high at the open and the close, low at noon.
enum VolumeProfile {
  /// Splits `total` over `count` ticks; the parts sum to `total` exactly.
  ///
  /// The weight of a tick is a parabola, four times as high at the ends as in the middle. Each part
  /// is the difference of two rounded-down cumulative shares, so nothing is lost to rounding.
  static func split(_ total: Int64, count: Int) -> [Int64] {
    precondition(count > 0 && total >= 0, "a volume is split over at least one tick")
    let weights = (0..<count).map { weight($0, count) }
    let sum = weights.reduce(0, +)
    var parts: [Int64] = []
    parts.reserveCapacity(count)
    var (cumulative, assigned): (Int128, Int64) = (0, 0)
    for weight in weights {
      cumulative += weight
      let share = Int64(Int128(total) * cumulative / sum)
      parts.append(share - assigned)
      assigned = share
    }
    return parts
  }

  private static func weight(_ index: Int, _ count: Int) -> Int128 {
    // Distance from the middle in half ticks, so that it is an integer and symmetric.
    let distance = Int128(2 * index - (count - 1))
    let width = Int128(max(count - 1, 1))
    return width * width + 3 * distance * distance
  }
}
