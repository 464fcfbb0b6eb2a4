package import Observability

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
  /// What is counted of it; nil where nothing is.
  let metrics: ServerMethodMetrics?
  /// Who records its calls; nil where nobody does.
  let tracer: Tracer?

  package init(
    _ descriptor: MethodDescriptor, _ handler: Handler, _ metrics: ServerMethodMetrics? = nil,
    _ tracer: Tracer? = nil
  ) {
    self.descriptor = descriptor
    self.handler = handler
    self.metrics = metrics
    self.tracer = tracer
  }
}
