public import Observability
public import RPC

/// A way to a server in the same process.
public struct InProcessChannel: RPCChannel {
  let server: InProcessServer
  let peer: PeerIdentity?
  /// Who records the spans of the calls.
  public let tracer: Tracer?

  /// Opens a call: finds the method, makes the access check, and starts the handler.
  public func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
    if let deadline = head.deadline, deadline <= .now { throw Deadline.exceeded }
    guard let method = self.server.router.method(path: head.method.path) else {
      throw RPCError(.unimplemented, "the server does not have \(head.method.path)")
    }
    guard self.server.limits.allows(head.metadata) else {
      throw self.server.limits.metadataTooLarge(head.metadata, "the request's metadata")
    }
    let server = ServerCall(
      method, metadata: head.metadata, peer: self.peer, deadline: head.deadline,
      previousAttempts: head.previousAttempts)
    try self.server.router.admitNow(server)
    let call = InProcessCall(server, on: self.server, head)
    try self.server.begin(call)
    call.start()
    return call
  }
}
