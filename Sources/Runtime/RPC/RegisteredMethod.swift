/// A method that a server offers: its description, and its handler behind bytes.
@usableFromInline
package final class RegisteredMethod: Sendable {
  /// A handler that has had its types taken off.
  @usableFromInline
  package enum Handler: Sendable {
    /// One request in, one response out.
    case unary(@Sendable ([UInt8], ServerContext) async throws -> [UInt8])
    /// Anything else.
    case streaming(
      @Sendable (any MessageSource, any MessageSink, ServerContext) async throws -> Void)
  }

  package let descriptor: MethodDescriptor
  package let handler: Handler

  @usableFromInline
  package init(_ descriptor: MethodDescriptor, _ handler: Handler) {
    self.descriptor = descriptor
    self.handler = handler
  }
}
