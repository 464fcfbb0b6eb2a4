internal import Synchronization

/// Calls that wait for something to change.
///
/// A ticket is taken before looking, so that a change between the look and the wait is not missed.
final class Waiters: Sendable {
  private struct State {
    var changes = 0
    var nextID = 0
    var waiters: [Int: Waiter] = [:]
  }

  private enum Waiter {
    /// About to wait.
    case arriving
    /// Over before it began to wait.
    case ended(Outcome)
    case waiting(CheckedContinuation<Outcome, Never>)
  }

  /// What ended a wait.
  enum Outcome {
    /// Something changed.
    case changed
    /// The task was cancelled.
    case cancelled
    /// The time has come.
    case timeout
  }

  private let state = Mutex(State())

  /// What the number of changes was.
  func ticket() -> Int { state.withLock(\.changes) }

  /// Wakes all who wait.
  func wakeAll() {
    let waiters = state.withLock { state in
      state.changes += 1
      return Array(state.waiters.keys)
    }
    for id in waiters { end(id, .changed) }
  }

  /// Waits for the first change after a ticket was taken, as long as to a certain time.
  func wait(_ ticket: Int, until time: ContinuousClock.Instant?) async -> Outcome {
    let id = state.withLock { state in
      state.nextID += 1
      state.waiters[state.nextID] = .arriving
      return state.nextID
    }
    let timer = time.map { time in
      Task {
        try await Task.sleep(until: time, clock: .continuous)
        self.end(id, .timeout)
      }
    }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let known = state.withLock { state -> Outcome? in
          if case .ended(let outcome) = state.waiters[id] { return outcome }
          if state.changes != ticket { return .changed }
          state.waiters[id] = .waiting(continuation)
          return nil
        }
        if let known { continuation.resume(returning: known) }
      }
    } onCancel: {
      self.end(id, .cancelled)
    }
    timer?.cancel()
    state.withLock { _ = $0.waiters.removeValue(forKey: id) }
    return outcome
  }

  /// Ends a wait, unless it has ended.
  private func end(_ id: Int, _ outcome: Outcome) {
    let continuation = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
      switch state.waiters[id] {
      case .waiting(let continuation):
        state.waiters[id] = .ended(outcome)
        return continuation
      case .arriving:
        state.waiters[id] = .ended(outcome)
        return nil
      case .ended, nil: return nil
      }
    }
    continuation?.resume(returning: outcome)
  }
}
