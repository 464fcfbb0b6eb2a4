import DequeModule
import Synchronization

/// The messages of one direction of a call, between the side that writes and the side that reads.
///
/// It is bounded by bytes: a writer waits while too much is unread. It ends once: after its last message,
/// well or with a failure (`finish`), or at once, with a failure that overtakes what is unread (`fail`).
/// Either side may be a task, which waits, or a transport, which does not: it calls `offer` and `poll`, and
/// gets its word through the hooks.
package final class MessagePipe: MessageSource, MessageSink {
  /// What a transport sees on the reading side.
  package enum Poll: Sendable {
    case message(EncodedMessage)
    case empty
    case finished
    case failed(RPCError)
  }

  private enum End {
    case afterLast(RPCError?)
    case atOnce(RPCError)
  }

  private struct State {
    var messages = Deque<EncodedMessage>()
    var bytes = 0
    var end: End?
    var reader: UnsafeContinuation<Void, Never>?
    var writers: [UnsafeContinuation<Void, Never>] = []

    /// What a reader would get, without taking it.
    var front: Poll {
      if case .atOnce(let error) = self.end { return .failed(error) }
      if let message = self.messages.first { return .message(message) }
      switch self.end {
      case nil: return .empty
      case .afterLast(let error?), .atOnce(let error): return .failed(error)
      case .afterLast(nil): return .finished
      }
    }

    mutating func takeWriters() -> [UnsafeContinuation<Void, Never>] {
      guard !self.writers.isEmpty else { return [] }
      defer { self.writers = [] }
      return self.writers
    }
  }

  private let state = Mutex(State())
  private let capacity: Int
  private let budget: MemoryBudget?
  private let readable: (@Sendable () -> Void)?
  private let consumed: (@Sendable (Int) -> Void)?

  /// Creates a pipe.
  ///
  /// - Parameters:
  ///   - capacity: How many unread bytes hold a writer back.
  ///   - budget: What unread messages are taken from; over it, a writer fails. A transport answers for its
  ///     own: it takes what it offers, and gives back what it has polled when that has gone.
  ///   - readable: Called after something came into a pipe that had nothing to read, or it ended.
  ///   - consumed: Called with the size of each message that a task has read.
  package init(
    capacity: Int, budget: MemoryBudget? = nil, readable: (@Sendable () -> Void)? = nil,
    consumed: (@Sendable (Int) -> Void)? = nil
  ) {
    self.capacity = capacity
    self.budget = budget
    self.readable = readable
    self.consumed = consumed
  }

  deinit {
    self.budget?.giveBack(self.state.withLock(\.bytes))
  }

  // MARK: - Tasks

  package func next() async throws(RPCError) -> [UInt8]? {
    try await self.nextMessage()?.bytes
  }

  /// The next message with its form; nil after the last one.
  @inline(__always)
  package func nextMessage() async throws(RPCError) -> EncodedMessage? {
    while true {
      switch self.poll() {
      case .message(let message):
        self.budget?.giveBack(message.bytes.count)
        self.consumed?(message.bytes.count)
        return message
      case .finished: return nil
      case .failed(let error): throw error
      case .empty: break
      }
      await self.waitUntilReadable()
      if Task.isCancelled, case .empty = self.state.withLock(\.front) { throw Self.cancelled }
    }
  }

  package func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    try await self.write(EncodedMessage(message, compressed ? .compressible : .plain))
  }

  /// Writes a message that has its form.
  @inline(__always)
  package func write(_ message: EncodedMessage) async throws(RPCError) {
    while try !self.enqueue(message, evenIfFull: false) {
      await self.waitUntilWritable()
      if Task.isCancelled { throw Self.cancelled }
    }
  }

  // MARK: - Transports

  /// Adds a message without waiting for room; one that comes after the end is dropped.
  package func offer(_ message: EncodedMessage) {
    let size = message.bytes.count
    do throws(RPCError) {
      _ = try self.enqueue(message, evenIfFull: true)
    } catch {
      self.budget?.giveBack(size)
    }
  }

  /// Takes a message without waiting for one.
  package func poll() -> Poll {
    let (poll, writers) = self.state.withLock {
      state -> (Poll, [UnsafeContinuation<Void, Never>]) in
      let front = state.front
      guard case .message(let message) = front else { return (front, []) }
      state.messages.removeFirst()
      state.bytes -= message.bytes.count
      return (front, state.bytes < self.capacity ? state.takeWriters() : [])
    }
    for writer in writers { writer.resume() }
    return poll
  }

  /// Ends the pipe after its last message, well or with a failure.
  ///
  /// The first end counts.
  package func finish(_ failure: RPCError? = nil) {
    self.end(.afterLast(failure))
  }

  /// Ends the pipe at once; what is unread is lost.
  ///
  /// This overtakes a `finish` that has not been read to.
  package func fail(_ failure: RPCError) {
    self.end(.atOnce(failure))
  }

  /// Whether the pipe has ended, though there may be messages to read.
  package var hasEnded: Bool { self.state.withLock { $0.end != nil } }

  /// Whether there is no message to read.
  package var isEmpty: Bool { self.state.withLock { $0.messages.isEmpty } }

  /// Whether a writer would have to wait.
  package var isFull: Bool { self.state.withLock { $0.bytes >= self.capacity } }

  // MARK: - Inside

  private static var cancelled: RPCError { RPCError(.cancelled, "the task was cancelled") }

  /// Adds a message if there is room, and says whether there was.
  private func enqueue(
    _ message: EncodedMessage, evenIfFull: Bool
  ) throws(RPCError) -> Bool {
    enum Result {
      case added(reader: UnsafeContinuation<Void, Never>?, wasEmpty: Bool)
      case full
      case ended(RPCError)
    }
    let result = self.state.withLock { state -> Result in
      switch state.end {
      case .afterLast(let error?), .atOnce(let error): return .ended(error)
      case .afterLast(nil):
        return .ended(RPCError(.internal, "a message was written after the last one"))
      case nil: break
      }
      guard evenIfFull || state.bytes < self.capacity else { return .full }
      if !evenIfFull, let budget = self.budget, !budget.take(message.bytes.count) {
        return .ended(MemoryBudget.exhausted)
      }
      let wasEmpty = state.messages.isEmpty
      state.messages.append(message)
      state.bytes += message.bytes.count
      return .added(reader: state.reader.take(), wasEmpty: wasEmpty)
    }
    switch result {
    case .added(let reader, let wasEmpty):
      reader?.resume()
      if wasEmpty { self.readable?() }
      return true
    case .full: return false
    case .ended(let error): throw error
    }
  }

  private func end(_ end: End) {
    var lostBytes = 0
    let waiting = self.state.withLock { state -> [UnsafeContinuation<Void, Never>]? in
      switch (state.end, end) {
      case (nil, _): break
      case (.afterLast, .atOnce) where !state.messages.isEmpty: break
      default: return nil
      }
      if case .atOnce = end {
        state.messages.removeAll()
        lostBytes = state.bytes
        state.bytes = 0
      }
      state.end = end
      var waiting = state.takeWriters()
      if let reader = state.reader.take() { waiting.append(reader) }
      return waiting
    }
    guard let waiting else { return }
    self.budget?.giveBack(lostBytes)
    for continuation in waiting { continuation.resume() }
    self.readable?()
  }

  private func waitUntilReadable() async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let isReady = self.state.withLock { state in
          if !state.messages.isEmpty || state.end != nil || Task.isCancelled { return true }
          precondition(state.reader == nil, "a stream is read by one task at a time")
          state.reader = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      self.state.withLock { $0.reader.take() }?.resume()
    }
  }

  private func waitUntilWritable() async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let isReady = self.state.withLock { state in
          if state.bytes < self.capacity || state.end != nil || Task.isCancelled { return true }
          state.writers.append(continuation)
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      // All of them: the others look again and wait on.
      for writer in self.state.withLock({ $0.takeWriters() }) { writer.resume() }
    }
  }
}
