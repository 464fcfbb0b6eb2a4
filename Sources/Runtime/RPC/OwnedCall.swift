internal import Observability
import Synchronization

/// A client's call that is given up when nobody holds it any more, or when the task that waits for it
/// is cancelled.
@usableFromInline
package final class OwnedCall: MessageSource, MessageSink {
  private let call: any ClientCall
  /// What is counted of it; nil where nothing is.
  private let observation: CallObservation?
  /// Its span; nil unless it is recorded.
  private let span: Span?
  private let hasEnded = Atomic(false)
  /// The code of the failure to write, if one came; else that of a call nobody reads to its end.
  private let presumedCode = Atomic(StatusCode.cancelled.rawValue)
  private let receivedBytes = Atomic(0)
  private let sentBytes = Atomic(0)

  init(_ call: any ClientCall, _ observation: CallObservation?, _ span: Span?) {
    self.call = call
    self.observation = observation
    self.span = span
  }

  deinit {
    self.call.cancel()
    self.ended(StatusCode(rawValue: self.presumedCode.load(ordering: .relaxed)) ?? .cancelled)
  }

  @usableFromInline
  package func next() async throws(RPCError) -> [UInt8]? {
    do throws(RPCError) {
      let message = try await self.cancellable { () async throws(RPCError) in
        try await self.call.next()
      }
      if let message {
        self.receivedBytes.add(message.count, ordering: .relaxed)
      } else {
        self.ended(.ok)
      }
      return message
    } catch {
      self.ended(error.code, error)
      throw error
    }
  }

  /// Sends the only request, and waits for the only response and the status.
  ///
  /// One cancellation handler for all three: each costs the task's lock twice.
  func exchange(_ request: [UInt8]) async throws(RPCError) -> [UInt8] {
    do throws(RPCError) {
      return try await self.cancellable { () async throws(RPCError) in
        try await self.call.writeLast(request)
        self.sentBytes.add(request.count, ordering: .relaxed)
        guard let response = try await self.call.next() else {
          self.ended(.ok)
          throw RPCError(.unimplemented, "exactly one response is expected, none came")
        }
        self.receivedBytes.add(response.count, ordering: .relaxed)
        guard try await self.call.next() == nil else {
          throw RPCError(.unimplemented, "exactly one response is expected, more came")
        }
        self.ended(.ok)
        return response
      }
    } catch {
      self.ended(error.code, error)
      throw error
    }
  }

  /// Counts the call's end; the first one counts.
  private func ended(_ code: StatusCode, _ failure: RPCError? = nil) {
    guard self.observation != nil || self.span != nil,
      !self.hasEnded.exchange(true, ordering: .relaxed)
    else { return }
    if let span = self.span { RPCSpan.end(span, client: failure, code) }
    self.observation?.ended(
      code, received: self.receivedBytes.load(ordering: .relaxed),
      sent: self.sentBytes.load(ordering: .relaxed))
  }

  private func count(
    _ message: [UInt8], _ write: () async throws(RPCError) -> Void
  ) async throws(RPCError) {
    do throws(RPCError) {
      try await write()
      self.sentBytes.add(message.count, ordering: .relaxed)
    } catch {
      self.presumedCode.store(error.code.rawValue, ordering: .relaxed)
      throw error
    }
  }

  @usableFromInline
  package func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    try await self.count(message) { () async throws(RPCError) in
      try await self.cancellable { () async throws(RPCError) in
        try await self.call.write(message, compressed: compressed)
      }
    }
  }

  @usableFromInline
  package func writeLast(_ message: [UInt8]) async throws(RPCError) {
    try await self.count(message) { () async throws(RPCError) in
      try await self.cancellable { () async throws(RPCError) in
        try await self.call.writeLast(message)
      }
    }
  }

  @usableFromInline
  package func finishRequests() {
    self.call.finishRequests()
  }

  @usableFromInline
  package func cancel() {
    self.call.cancel()
  }

  /// Deals with the failure to write the requests: nothing is wrong if the server has answered already.
  @usableFromInline
  func recover(from error: any Error) throws(RPCError) {
    let error = RPCError(reporting: error)
    guard !(error.cause is ServerEndedCall) else { return }
    self.call.cancel()
    throw error
  }

  private func cancellable<Value: Sendable>(
    _ body: () async throws(RPCError) -> Value
  ) async throws(RPCError) -> Value {
    let result = await withTaskCancellationHandler { () async -> Result<Value, RPCError> in
      do throws(RPCError) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    } onCancel: {
      self.call.cancel()
    }
    return try result.get()
  }
}
