/// Marks the failure of a write that came after the server had ended the call with OK.
package struct ServerEndedCall: Error {
  /// The failure of such a write.
  package static var error: RPCError {
    RPCError(
      .cancelled, "the server ended the call before all requests were sent",
      cause: ServerEndedCall())
  }
}

extension ServerCall {
  /// What the client is to see of a failure: the handler's trailing metadata along with the error's own,
  /// and no cause.
  package func visible(_ error: RPCError) -> RPCError {
    var visible = error
    visible.cause = nil
    visible.metadata = self.trailingMetadata
    visible.metadata.append(contentsOf: error.metadata)
    return visible
  }
}
