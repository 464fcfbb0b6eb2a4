internal import CRDKafka
import Dispatch
import Foundation
import Synchronization

/// The one thread that serves a librdkafka client: it polls, runs the blocking calls, and resumes
/// the continuations that wait for them.
///
/// No event loop and no thread of Swift's pool ever blocks in librdkafka.
///
/// The thread is the client's owner: it destroys the client as its last act. It keeps itself alive
/// until ``stop()``.
final class ClientThread: Sendable {
  typealias Command = @Sendable (_ client: OpaquePointer) -> Void

  private struct State {
    var commands: [Command] = []
    var isStopping = false
    /// Whether the thread has left its loop: nobody may touch the queue any more.
    var isLeaving = false
    var isEnded = false
    var stopped: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  /// rd_kafka_t and its served queue; only the thread touches the client after `start`, apart from
  /// calls librdkafka declares safe from any thread.
  nonisolated(unsafe) private let client: OpaquePointer
  nonisolated(unsafe) private let queue: OpaquePointer
  private let events: ClientEvents
  private let serve: @Sendable (OpaquePointer) -> ServeResult
  private let cleanUp: @Sendable (OpaquePointer) -> Bool

  enum ServeResult {
    /// There may be more: serve again after the commands.
    case again
    /// Nothing is wanted until the next command or ``ClientThread/interrupt()``.
    case idle
  }

  /// Takes ownership of the client.
  ///
  /// - Parameters:
  ///   - client: an `rd_kafka_t *`, destroyed by the thread when it ends.
  ///   - queue: the queue that `serve` blocks in, destroyed before the client.
  ///   - events: the client's callbacks; the reference the client holds is released after it.
  ///   - serve: polls once. Called in a loop.
  ///   - cleanUp: called on the thread before the client is destroyed; false if it cannot be, because to destroy it
  ///     would wait for ever. It is left where it is then.
  init(
    name: String, client: OpaquePointer, queue: OpaquePointer, events: ClientEvents,
    serve: @escaping @Sendable (OpaquePointer) -> ServeResult,
    cleanUp: @escaping @Sendable (OpaquePointer) -> Bool
  ) {
    self.client = client
    self.queue = queue
    self.events = events
    self.serve = serve
    self.cleanUp = cleanUp
    let thread = Thread { [self] in run() }
    thread.name = name
    thread.start()
  }

  /// Runs `body` on the thread, soon: a poll in progress is interrupted.
  ///
  /// - Returns: false if the client is closed; `body` will not run then.
  func enqueue(_ body: @escaping Command) -> Bool {
    let isAccepted = state.withLock { state in
      guard !state.isStopping else { return false }
      state.commands.append(body)
      return true
    }
    if isAccepted { interrupt() }
    return isAccepted
  }

  /// Runs a blocking call of librdkafka on the thread.
  func perform<R: Sendable>(
    _ body: @escaping @Sendable (OpaquePointer) -> Result<R, KafkaError>
  ) async throws(KafkaError) -> R {
    let result = await withCheckedContinuation { continuation in
      let isAccepted = enqueue { continuation.resume(returning: body($0)) }
      if !isAccepted { continuation.resume(returning: .failure(.clientIsClosed)) }
    }
    return try result.get()
  }

  /// Asks what librdkafka answers from any thread, at once and from memory.
  ///
  /// - Returns: nil if the client is closed.
  func ask<R>(_ body: (OpaquePointer) -> R?) -> R? {
    state.withLock { state in state.isLeaving ? nil : body(client) }
  }

  /// Makes the thread look for work again.
  func interrupt() {
    wake.signal()
    // The lock keeps the queue alive during the call. A yield while the client closes would end
    // rd_kafka_consumer_close before it is done, and rd_kafka_destroy would then wait for ever.
    state.withLock { state in
      if !state.isLeaving { rd_kafka_queue_yield(queue) }
    }
  }

  /// Ends the thread and the client.
  ///
  /// Commands accepted before still run.
  func stop() {
    state.withLock { $0.isStopping = true }
    interrupt()
  }

  /// Returns when the client is destroyed.
  func waitUntilEnded() async {
    await withCheckedContinuation { continuation in
      let isEnded = state.withLock { state in
        if !state.isEnded { state.stopped.append(continuation) }
        return state.isEnded
      }
      if isEnded { continuation.resume() }
    }
  }

  private func run() {
    while true {
      let (commands, isStopping) = state.withLock { state in
        defer { state.commands = [] }
        return (state.commands, state.isStopping)
      }
      for command in commands { command(client) }
      if isStopping && commands.isEmpty { break }
      if isStopping { continue }
      if case .idle = serve(client) { wake.wait() }
    }
    state.withLock { $0.isLeaving = true }
    if cleanUp(client) {
      rd_kafka_queue_destroy(queue)
      rd_kafka_destroy(client)
      // The reference ClientEvents.install took; no callback can come any more.
      Unmanaged.passUnretained(events).release()
    }
    let waiting = state.withLock { state in
      state.isEnded = true
      return state.stopped
    }
    for continuation in waiting { continuation.resume() }
  }
}

extension KafkaError {
  static let clientIsClosed = KafkaError(.closed, "the client is closed")
}
