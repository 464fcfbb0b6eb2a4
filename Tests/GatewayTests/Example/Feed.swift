import Protobuf
import RPC
import Synchronization

/// A stream that a test writes and every open call of a server-streaming RPC sends.
final class Feed<Update: Message>: Sendable {
  private enum Event: Sendable {
    case update(Update)
    case failure(RPCError)
  }

  private struct State {
    var nextID = 0
    var forwarded = 0
    var first: Update?
    var listeners: [Int: AsyncStream<Event>.Continuation] = [:]
  }

  private let state = Mutex(State())

  /// How many calls are open.
  var listenerCount: Int { state.withLock { $0.listeners.count } }

  /// How many updates the calls have passed on.
  var forwardedCount: Int { state.withLock { $0.forwarded } }

  /// What every call begins with; nil leaves that to the service.
  var first: Update? {
    get { state.withLock { $0.first } }
    set { state.withLock { $0.first = newValue } }
  }

  func send(_ update: Update) {
    for listener in state.withLock({ Array($0.listeners.values) }) {
      listener.yield(.update(update))
    }
  }

  /// Ends every open call.
  func fail(_ error: RPCError) {
    for listener in state.withLock({ Array($0.listeners.values) }) {
      listener.yield(.failure(error))
    }
  }

  /// Sends what the test writes until the call ends.
  func forward(to responses: RPCWriter<Update>) async throws {
    let (events, listener) = AsyncStream.makeStream(of: Event.self)
    let id = state.withLock { state in
      defer { state.nextID += 1 }
      state.listeners[state.nextID] = listener
      return state.nextID
    }
    defer { state.withLock { $0.listeners[id] = nil } }
    for await event in events {
      switch event {
      case .update(let update):
        try await responses.write(update)
        state.withLock { $0.forwarded += 1 }
      case .failure(let error): throw error
      }
    }
    try Task.checkCancellation()
  }
}
