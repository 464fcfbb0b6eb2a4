import Synchronization

/// Tells one waiting task that there is something to do; a signal raised meanwhile is kept.
final class WakeSignal: Sendable {
  private struct State {
    var isRaised = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// Wakes who waits, or who waits next.
  func raise() {
    let waiter = state.withLock { state in
      guard let waiter = state.waiter else {
        state.isRaised = true
        return nil as CheckedContinuation<Void, Never>?
      }
      state.waiter = nil
      return waiter
    }
    waiter?.resume()
  }

  /// Waits for the signal and takes it; returns without it at the limit or when cancelled.
  ///
  /// One waiter at a time.
  func wait(atMost limit: Duration) async {
    let timer = Task { [weak self] in
      do { try await Task.sleep(for: limit) } catch { return }
      self?.release()
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isNeeded = state.withLock { state in
          guard !state.isRaised, !Task.isCancelled else { return false }
          precondition(state.waiter == nil, "one waiter at a time")
          state.waiter = continuation
          return true
        }
        if !isNeeded { continuation.resume() }
      }
    } onCancel: {
      release()
    }
    timer.cancel()
    state.withLock { $0.isRaised = false }
  }

  private func release() {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }
}
