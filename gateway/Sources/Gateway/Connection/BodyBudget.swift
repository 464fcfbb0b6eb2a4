internal import Synchronization

/// The bytes of all requests' bodies that a gateway holds, and how many it may hold.
final class BodyBudget: Sendable {
  /// How many it may hold.
  let limit: Int
  private let held = Atomic(0)

  init(limit: Int) {
    self.limit = limit
  }

  /// How many are held.
  var bytes: Int { held.load(ordering: .relaxed) }

  /// Counts bytes that come in, unless they are more than may be held.
  func reserve(_ count: Int) -> Bool {
    let (_, now) = held.add(count, ordering: .relaxed)
    if now <= limit { return true }
    held.subtract(count, ordering: .relaxed)
    return false
  }

  /// Counts bytes that are not held any more.
  func giveBack(_ count: Int) {
    held.subtract(count, ordering: .relaxed)
  }
}
