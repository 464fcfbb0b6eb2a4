/// Is told how a call ended, once, by the transport that carried it.
///
/// A transport calls it on its own loop; it must not block.
package protocol CallObserver: AnyObject, Sendable {
  /// The call has ended.
  ///
  /// - Parameters:
  ///   - kind: What kind of call it was.
  ///   - failure: Its failure; nil for OK.
  ///   - isServers: Whether the server said so, and not this side.
  ///   - time: How long it took from its opening.
  func callEnded(_ kind: CallKind, _ failure: RPCError?, isServers: Bool, after time: Duration)
}
