/// A number that only grows.
///
/// Adding takes no lock and no memory.
public final class Counter: Sendable {
  private let cells = Cells(count: 1)

  /// A counter that no registry shows.
  public init() {}

  /// Adds to the number.
  public func add(_ amount: Int = 1) { cells.add(UInt64(amount), at: 0) }

  /// What has been added so far.
  public var value: Int { Int(truncatingIfNeeded: cells.sum(at: 0)) }
}
