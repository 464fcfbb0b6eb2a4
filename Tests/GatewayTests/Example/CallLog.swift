import RPC
import Synchronization

/// The calls that reached the service.
final class CallLog: Sendable {
  private struct State {
    var contexts: [ServerContext] = []
    var cancellations = 0
    var isReleased = false
  }

  private let state = Mutex(State())

  var contexts: [ServerContext] { state.withLock { $0.contexts } }
  var cancellations: Int { state.withLock { $0.cancellations } }

  func append(_ context: ServerContext) {
    state.withLock { $0.contexts.append(context) }
  }

  /// Lets go the calls that ask to be held.
  func release() {
    state.withLock { $0.isReleased = true }
  }

  var isReleased: Bool { state.withLock { $0.isReleased } }

  func noteCancellation() {
    state.withLock { $0.cancellations += 1 }
  }
}
