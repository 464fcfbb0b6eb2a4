/// A client's call that is given up when nobody holds it any more, or when the task that waits for it
/// is cancelled.
@usableFromInline
package final class OwnedCall: MessageSource, MessageSink {
  private let call: any ClientCall

  @usableFromInline
  package init(_ call: any ClientCall) {
    self.call = call
  }

  deinit {
    self.call.cancel()
  }

  @usableFromInline
  package func next() async throws(RPCError) -> [UInt8]? {
    try await self.cancellable { () async throws(RPCError) in try await self.call.next() }
  }

  @usableFromInline
  package func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    try await self.cancellable { () async throws(RPCError) in
      try await self.call.write(message, compressed: compressed)
    }
  }

  @usableFromInline
  package func writeLast(_ message: [UInt8]) async throws(RPCError) {
    try await self.cancellable { () async throws(RPCError) in
      try await self.call.writeLast(message)
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
