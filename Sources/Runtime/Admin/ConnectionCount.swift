import NIOCore
import Synchronization

/// How many connections are open, and whether another may be.
final class ConnectionCount: Sendable {
  private let limit: Int
  private let count = Atomic(0)

  init(limit: Int) { self.limit = limit }

  /// Counts one in until it ends; false when there are too many.
  func enter(until end: EventLoopFuture<Void>) -> Bool {
    guard count.add(1, ordering: .relaxed).newValue <= limit else {
      count.subtract(1, ordering: .relaxed)
      return false
    }
    end.whenComplete { _ in self.count.subtract(1, ordering: .relaxed) }
    return true
  }
}
