public import Protobuf

extension RPCChannel {
  /// Makes a call with one request and one response.
  @inlinable
  public func unary<Request: Message, Response: Message>(
    _ method: MethodDescriptor, _ request: Request, options: CallOptions = CallOptions()
  ) async throws(RPCError) -> Response {
    try await Response(
      received: self.unary(CallHead(method, options), request: request.serialized()))
  }

  /// Makes a call with one request and many responses.
  @inlinable
  public func serverStreaming<Request: Message, Response: Message>(
    _ method: MethodDescriptor, _ request: Request, options: CallOptions = CallOptions()
  ) async throws(RPCError) -> RPCStream<Response> {
    let call = try await self.begin(CallHead(method, options))
    try await call.writeLast(request.serialized())
    return RPCStream(call)
  }

  /// Makes a call with many requests and one response.
  ///
  /// `body` writes the requests; they end when it returns. If it throws, the call is cancelled and its
  /// error thrown. If it throws because the server has already answered, the answer counts.
  @inlinable
  public func clientStreaming<Request: Message, Response: Message>(
    _ method: MethodDescriptor, options: CallOptions = CallOptions(),
    _ body: (RPCWriter<Request>) async throws -> Void
  ) async throws(RPCError) -> Response {
    let call = try await self.begin(CallHead(method, options))
    do {
      try await body(RPCWriter(call))
      call.finishRequests()
    } catch {
      try call.recover(from: error)
    }
    return try await Response(received: call.only("response"))
  }

  /// Opens a call with many requests and many responses.
  @inlinable
  public func bidirectionalStreaming<Request: Message, Response: Message>(
    _ method: MethodDescriptor, options: CallOptions = CallOptions()
  ) async throws(RPCError) -> BidirectionalCall<Request, Response> {
    BidirectionalCall(try await self.begin(CallHead(method, options)))
  }

  @usableFromInline
  func unary(_ head: CallHead, request: [UInt8]) async throws(RPCError) -> [UInt8] {
    try await self.begin(head).exchange(request)
  }
}
