internal import Synchronization

/// What all connections of a gateway share and change.
final class EdgeState: Sendable {
  private let requests = Atomic(0)
  private let draining = Atomic(false)

  /// Whether the gateway is on its way out: it takes no new work.
  var isDraining: Bool { draining.load(ordering: .relaxed) }

  /// How many requests are being answered.
  var requestsInFlight: Int { requests.load(ordering: .relaxed) }

  func beginDrain() {
    draining.store(true, ordering: .relaxed)
  }

  /// Counts a request that starts, unless there are `limit` already.
  func begin(limit: Int) -> Bool {
    let (before, _) = requests.add(1, ordering: .relaxed)
    if before < limit { return true }
    requests.subtract(1, ordering: .relaxed)
    return false
  }

  func end() {
    requests.subtract(1, ordering: .relaxed)
  }
}

/// A request's place among those at work; given back once.
struct Work {
  private let state: EdgeState
  private var isOver = false

  fileprivate init(_ state: EdgeState) {
    self.state = state
  }

  mutating func end() {
    guard !isOver else { return }
    isOver = true
    state.end()
  }
}

extension Edge {
  /// Counts a request as one at work, unless there are too many.
  func beginWork() throws(Problem) -> Work {
    guard state.begin(limit: limits.requestsInFlight) else {
      throw .overloaded(limit: limits.requestsInFlight)
    }
    return Work(state)
  }
}
