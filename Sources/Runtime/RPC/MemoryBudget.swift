import Synchronization

/// How many bytes of messages may be held at a time for peers that have yet to send, or to take, the rest.
///
/// A budget may be a part of a larger one. That is told of whole granules only, so what is small and short,
/// which is nearly everything, never touches what all threads share.
package final class MemoryBudget: Sendable {
  /// How many bytes a larger budget counts in.
  package static let granule = 64 * 1024

  /// The most bytes that are held.
  package let limit: Int
  private let whole: MemoryBudget?
  private let held = Atomic(0)
  private let refused = Atomic(0)

  /// Creates a budget of which nothing is taken.
  package init(limit: Int, partOf whole: MemoryBudget? = nil) {
    self.limit = limit
    self.whole = whole
  }

  /// How many bytes are taken; of a larger budget, whole granules of its parts.
  package var heldBytes: Int { self.held.load(ordering: .relaxed) }

  /// How often there was not enough, here and in the parts.
  package var refusals: Int { self.refused.load(ordering: .relaxed) }

  /// The failure of a call for whose messages there is not enough.
  package static var exhausted: RPCError {
    RPCError(
      .resourceExhausted, "too many bytes of messages are held for this connection, or for all")
  }

  /// Takes bytes, and says whether there were as many; else nothing is taken.
  package func take(_ count: Int) -> Bool {
    if self.add(count) { return true }
    self.giveBack(count)
    self.refused.wrappingAdd(1, ordering: .relaxed)
    self.whole?.refused.wrappingAdd(1, ordering: .relaxed)
    return false
  }

  /// Gives back bytes that were taken.
  package func giveBack(_ count: Int) {
    guard count > 0 else { return }
    let (old, new) = self.held.wrappingSubtract(count, ordering: .relaxed)
    let granules = Self.granules(old) - Self.granules(new)
    if granules > 0 { self.whole?.giveBack(granules) }
  }

  /// Adds to what is taken, and says whether that is within the limits.
  ///
  /// Every change of the sum is told to the larger budget by the one who made it, so it is told of all of
  /// them in whatever order they are made.
  private func add(_ count: Int) -> Bool {
    let (old, new) = self.held.wrappingAdd(count, ordering: .relaxed)
    let granules = Self.granules(new) - Self.granules(old)
    let isWithinWhole = granules > 0 ? self.whole?.add(granules) ?? true : true
    return isWithinWhole && new <= self.limit
  }

  /// The whole granules of a number of bytes, in bytes.
  private static func granules(_ bytes: Int) -> Int { bytes & ~(Self.granule - 1) }
}
