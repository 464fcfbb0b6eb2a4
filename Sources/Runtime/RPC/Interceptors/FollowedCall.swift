import Synchronization

extension ClientCall {
  /// The same call, whose end is told: once, with the failure, or nil for OK.
  ///
  /// A call that is given up ends with `.cancelled`.
  public func whenEnded(_ body: @escaping @Sendable (RPCError?) -> Void) -> any ClientCall {
    FollowedCall(self, body)
  }
}

/// A call that tells how it ended.
private final class FollowedCall: ClientCall {
  private let call: any ClientCall
  private let ended: @Sendable (RPCError?) -> Void
  private let hasEnded = Atomic(false)

  init(_ call: any ClientCall, _ ended: @escaping @Sendable (RPCError?) -> Void) {
    self.call = call
    self.ended = ended
  }

  func next() async throws(RPCError) -> [UInt8]? {
    do throws(RPCError) {
      let message = try await self.call.next()
      if message == nil { self.end(nil) }
      return message
    } catch {
      self.end(error)
      throw error
    }
  }

  func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    do throws(RPCError) { try await self.call.write(message, compressed: compressed) } catch {
      try self.writingFailed(error)
    }
  }

  func writeLast(_ message: [UInt8]) async throws(RPCError) {
    do throws(RPCError) { try await self.call.writeLast(message) } catch {
      try self.writingFailed(error)
    }
  }

  func finishRequests() { self.call.finishRequests() }

  func cancel() {
    self.call.cancel()
    self.end(RPCError(.cancelled, "the caller cancelled the call"))
  }

  var isAnswered: Bool { self.call.isAnswered }

  /// Whoever cannot write may not read either: the failure is the call's, unless the server has answered.
  private func writingFailed(_ error: RPCError) throws(RPCError) {
    if !(error.cause is ServerEndedCall) { self.end(error) }
    throw error
  }

  /// The first end counts.
  private func end(_ failure: RPCError?) {
    if !self.hasEnded.exchange(true, ordering: .relaxed) { self.ended(failure) }
  }
}
