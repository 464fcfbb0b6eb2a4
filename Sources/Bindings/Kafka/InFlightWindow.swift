import Synchronization

/// Bounds the records a producer holds: who finds no room waits, in order of arrival.
final class InFlightWindow: Sendable {
  private struct State {
    var free: Int
    var isClosed = false
    var waiters: [(count: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    var emptied: [CheckedContinuation<Void, Never>] = []
  }

  /// The most records held at once.
  let limit: Int
  private let state: Mutex<State>

  init(limit: Int) {
    self.limit = limit
    self.state = Mutex(State(free: limit))
  }

  /// Takes room for `count` records, which must not exceed the limit; waits until there is.
  ///
  /// - Returns: false if the window was closed; no room is taken then.
  func acquire(_ count: Int) async -> Bool {
    precondition(count <= limit, "\(count) records do not fit a window of \(limit)")
    return await withCheckedContinuation { continuation in
      let answer: Bool? = state.withLock { state in
        if state.isClosed { return false }
        // Whoever waits goes first, even where a smaller request would fit.
        if state.waiters.isEmpty, state.free >= count {
          state.free -= count
          return true
        }
        state.waiters.append((count, continuation))
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  /// Gives room back.
  func release(_ count: Int) {
    guard count > 0 else { return }
    let (granted, emptied) = state.withLock { state in
      state.free += count
      var granted: [CheckedContinuation<Bool, Never>] = []
      while let first = state.waiters.first, first.count <= state.free {
        state.free -= first.count
        granted.append(first.continuation)
        state.waiters.removeFirst()
      }
      guard state.free == limit else { return (granted, [CheckedContinuation<Void, Never>]()) }
      defer { state.emptied = [] }
      return (granted, state.emptied)
    }
    for continuation in granted { continuation.resume(returning: true) }
    for continuation in emptied { continuation.resume() }
  }

  /// Admits nobody any more; who waits is turned away.
  func close() {
    let turnedAway = state.withLock { state in
      state.isClosed = true
      defer { state.waiters = [] }
      return state.waiters.map(\.continuation)
    }
    for continuation in turnedAway { continuation.resume(returning: false) }
  }

  /// Returns when no record is held.
  func waitUntilEmpty() async {
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        if state.free != limit { state.emptied.append(continuation) }
        return state.free == limit
      }
      if isEmpty { continuation.resume() }
    }
  }
}
