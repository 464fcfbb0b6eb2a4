/// Where the messages of one direction of a call come from, still encoded.
///
/// One reader at a time.
public protocol MessageSource: AnyObject, Sendable {
  /// The next message; nil after the last one.
  ///
  /// - Throws: The status of the call if it failed, `.cancelled` if the reading task is cancelled.
  func next() async throws(RPCError) -> [UInt8]?
}

/// Where the messages of one direction of a call go, already encoded.
public protocol MessageSink: AnyObject, Sendable {
  /// Sends a message, waiting while the other side is behind.
  ///
  /// It is compressed if the call is and `compressed` says so.
  ///
  /// - Throws: The status of the call if it has ended, `.cancelled` if the writing task is cancelled.
  func write(_ message: [UInt8], compressed: Bool) async throws(RPCError)
}

extension MessageSink {
  /// Sends a message, compressed if the call is.
  public func write(_ message: [UInt8]) async throws(RPCError) {
    try await self.write(message, compressed: true)
  }
}
