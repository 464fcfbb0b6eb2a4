public import Protobuf

/// Sends the messages of one direction of a call.
///
/// A writer may be copied and used by several tasks; each message goes out whole, in the order in which
/// the writes were made.
public struct RPCWriter<Message: Protobuf.Message>: Sendable {
  @usableFromInline let sink: any MessageSink

  /// Creates a writer on top of a sink of encoded messages.
  @inlinable
  public init(_ sink: any MessageSink) {
    self.sink = sink
  }

  /// Sends a message; suspends while the receiver is behind.
  ///
  /// It is compressed if the call is and `compressed` says so.
  ///
  /// - Throws: The status of the call if it has ended, `.cancelled` if this task is cancelled.
  @inlinable
  public func write(_ message: Message, compressed: Bool = true) async throws(RPCError) {
    try await self.sink.write(message.serialized(), compressed: compressed)
  }
}
