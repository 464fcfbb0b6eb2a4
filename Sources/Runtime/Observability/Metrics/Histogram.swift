/// How often values fell between fixed bounds, and their sum.
///
/// Adding takes no lock and no memory.
public final class Histogram: Sendable {
  /// What values are counted in, and how they are shown.
  public enum Unit: Sendable, Hashable {
    /// Nanoseconds, shown as seconds.
    case nanoseconds
    /// Bytes.
    case bytes

    /// What a value is divided by when it is shown.
    var divisor: Double {
      switch self {
      case .nanoseconds: 1e9
      case .bytes: 1
      }
    }
  }

  /// The upper bounds of the buckets, in the unit, rising; a last one has no bound.
  public struct Bounds: Sendable, Hashable {
    /// What values are counted in.
    public let unit: Unit
    /// The bounds.
    public let values: [UInt64]

    /// States bounds.
    ///
    /// - Precondition: they rise.
    public init(_ unit: Unit, _ values: [UInt64]) {
      precondition(zip(values, values.dropFirst()).allSatisfy(<), "bounds rise: \(values)")
      self.unit = unit
      self.values = values
    }

    /// How long something took: some of the bounds of gRFC A66, 100 µs to 10 s.
    public static let latency = Bounds(
      .nanoseconds,
      [100, 300, 600].map { $0 * 1_000 }
        + [1, 2, 4, 8, 16, 30, 65, 130, 250, 500].map { $0 * 1_000_000 }
        + [1, 2, 5, 10].map { $0 * 1_000_000_000 })
    /// How large something is: some of the bounds of gRFC A66, 1 KiB to 4 MiB.
    public static let size = Bounds(
      .bytes, [0, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304])
  }

  /// The bounds of the buckets.
  public let bounds: Bounds
  private let cells: Cells

  init(_ bounds: Bounds) {
    self.bounds = bounds
    // A bucket for each bound, one without, and the sum.
    cells = Cells(count: bounds.values.count + 2)
  }

  /// Counts a value.
  public func record(_ value: UInt64) {
    var bucket = 0
    let last = bounds.values.count
    while bucket < last, value > bounds.values[bucket] { bucket += 1 }
    cells.add(1, at: bucket, value, at: last + 1)
  }

  /// What was counted so far.
  public struct Snapshot: Sendable, Hashable {
    /// How often values fell into each bucket, the last of which has no bound.
    public let buckets: [UInt64]
    /// The sum of the values, in the unit.
    public let sum: UInt64
    /// How many values there were.
    public var count: UInt64 { buckets.reduce(0, &+) }
  }

  /// What was counted so far.
  public var snapshot: Snapshot {
    let last = bounds.values.count
    return Snapshot(
      buckets: (0...last).map { cells.sum(at: $0) }, sum: cells.sum(at: last + 1))
  }
}
