import Synchronization

/// Tells waiting tasks that there is something to do; a signal raised while nobody waits is kept.
package final class WakeSignal: Sendable {
  private struct State {
    var isRaised = false
    var nextID = 0
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// A signal that is not raised.
  package init() {}

  /// Wakes all who wait, or who waits next.
  package func raise() {
    let waiters = state.withLock { state in
      if state.waiters.isEmpty { state.isRaised = true }
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.resume() }
  }

  /// Waits for the signal and takes it; returns without it at the limit or when cancelled.
  package func wait(atMost limit: Duration) async {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    var timer: Task<Void, Never>?
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isNeeded = state.withLock { state in
          guard !state.isRaised, !Task.isCancelled else {
            state.isRaised = false
            return false
          }
          state.waiters[id] = continuation
          return true
        }
        guard isNeeded else { return continuation.resume() }
        timer = Task { [weak self] in
          do { try await Task.sleep(for: limit) } catch { return }
          self?.release(id)
        }
      }
    } onCancel: {
      release(id)
    }
    timer?.cancel()
  }

  private func release(_ id: Int) {
    state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
  }
}
