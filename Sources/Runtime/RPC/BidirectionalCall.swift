public import Protobuf

/// A call whose requests and responses flow independently.
///
/// It is cancelled when nobody holds any part of it.
public struct BidirectionalCall<Request: Message, Response: Message>: Sendable {
  /// Sends the requests of a call, and ends them.
  public struct Requests: Sendable {
    @usableFromInline let call: OwnedCall

    @inlinable
    init(_ call: OwnedCall) {
      self.call = call
    }

    /// Sends a request; suspends while the server is behind.
    ///
    /// It is compressed if the call is and `compressed` says so.
    ///
    /// - Throws: The status of the call if it has ended, `.cancelled` if this task is cancelled.
    @inlinable
    public func write(_ request: Request, compressed: Bool = true) async throws(RPCError) {
      try await self.call.write(request.serialized(), compressed: compressed)
    }

    /// Ends the requests; the responses go on until the server ends them.
    @inlinable
    public func finish() {
      self.call.finishRequests()
    }
  }

  /// Sends the requests.
  public let requests: Requests

  /// The responses, as they come.
  public let responses: RPCStream<Response>

  @inlinable
  init(_ call: OwnedCall) {
    self.requests = Requests(call)
    self.responses = RPCStream(call)
  }

  /// Gives the call up: the server is told, and both directions end with `.cancelled`.
  @inlinable
  public func cancel() {
    self.requests.call.cancel()
  }
}
