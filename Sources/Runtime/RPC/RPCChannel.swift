/// A way to a service: a connection, a balanced set of them, or a server in the same process.
///
/// Transports implement `open`; callers use the typed calls in the extensions, or rather the generated
/// clients on top of those.
public protocol RPCChannel: Sendable {
  /// Opens a call.
  ///
  /// - Throws: `.unavailable` if the service cannot be reached, `.deadlineExceeded` if the deadline
  ///   passes first.
  func open(_ head: CallHead) async throws(RPCError) -> any ClientCall
}

/// One call of a client, with messages still encoded.
///
/// A call that is given up must be cancelled, unless it has ended; `cancel` is harmless then.
public protocol ClientCall: MessageSource, MessageSink {
  /// Sends the last message and ends the requests.
  func writeLast(_ message: [UInt8]) async throws(RPCError)

  /// Ends the requests.
  func finishRequests()

  /// Gives the call up: the server is told, and both directions end with `.cancelled`.
  func cancel()
}
