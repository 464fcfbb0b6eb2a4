/// The requests of a call whose client compresses: inflated one by one as the handler takes them.
///
/// What waits stays compressed, so that no more of it is in memory than the client was allowed to send.
package final class CompressedRequests: MessageSource {
  private let pipe: MessagePipe
  private let call: ServerCall
  private let inflate: @Sendable ([UInt8]) throws(RPCError) -> [UInt8]

  /// Creates a source on top of a pipe; the call learns which requests came compressed.
  package init(
    _ pipe: MessagePipe, of call: ServerCall,
    inflate: @escaping @Sendable ([UInt8]) throws(RPCError) -> [UInt8]
  ) {
    self.pipe = pipe
    self.call = call
    self.inflate = inflate
  }

  package func next() async throws(RPCError) -> [UInt8]? {
    guard let message = try await self.pipe.nextMessage() else { return nil }
    self.call.lastRequestWasCompressed = message.isCompressed
    return message.isCompressed ? try self.inflate(message.bytes) : message.bytes
  }
}
