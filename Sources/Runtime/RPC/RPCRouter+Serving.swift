extension RPCRouter {
  /// Makes the access check as far as it can be made without waiting.
  ///
  /// - Throws: The refusal.
  package func admitNow(_ call: ServerCall) throws(RPCError) {
    call.grant = try self.accessController.authorizeNow(
      method: call.registered.descriptor, peer: call.peer, metadata: call.metadata)
  }

  /// Serves a unary call to its end: access check, handler, error mapping.
  package func serveUnary(_ call: ServerCall, request: [UInt8]) async -> Result<[UInt8], RPCError> {
    guard case .unary(let handler) = call.registered.handler else {
      return .failure(RPCError(.internal, "\(call.registered.descriptor.path) is not unary"))
    }
    do {
      if call.grant == nil { try await self.admit(call) }
      let context = ServerContext(call)
      return .success(
        try await ServerContext.$current.withValue(context) { try await handler(request, context) })
    } catch {
      return .failure(RPCError(reporting: error))
    }
  }

  /// Serves a call of any kind to its end: access check, handler, error mapping.
  ///
  /// - Returns: The failure, or nil for OK.
  package func serve(
    _ call: ServerCall, requests: any MessageSource, responses: any MessageSink
  ) async -> RPCError? {
    do {
      if call.grant == nil { try await self.admit(call) }
      let context = ServerContext(call)
      try await ServerContext.$current.withValue(context) {
        switch call.registered.handler {
        case .unary(let handler):
          try await responses.write(handler(requests.only("request"), context))
        case .streaming(let handler):
          try await handler(requests, responses, context)
        }
      }
      return nil
    } catch {
      return RPCError(reporting: error)
    }
  }

  private func admit(_ call: ServerCall) async throws(RPCError) {
    let user = try await self.accessController.authorize(
      method: call.registered.descriptor, peer: call.peer, metadata: call.metadata)
    call.grant = AccessGrant(user: user)
  }
}
