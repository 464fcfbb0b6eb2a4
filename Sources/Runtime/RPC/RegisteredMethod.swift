package import Observability

/// A method that a server offers: its description, and its handler behind bytes.
@usableFromInline
package final class RegisteredMethod: Sendable {
  /// A handler that has had its types taken off.
  @usableFromInline
  package enum Handler: Sendable {
    /// One request in, one response out.
    case unary(@Sendable (EncodedRequest, ServerContext) async throws -> EncodedResponse)
    /// Anything else.
    case streaming(
      @Sendable (any MessageSource, any MessageSink, ServerContext) async throws -> Void)
  }

  package let descriptor: MethodDescriptor
  package let handler: Handler
  /// The handler of calls that come with an idempotency key; nil where keys mean nothing.
  private let keyed: Handler?
  /// What is counted of it; nil where nothing is.
  let metrics: ServerMethodMetrics?
  /// Who records its calls; nil where nobody does.
  let tracer: Tracer?
  /// Who gives its calls their places; nil where nobody limits them.
  let limiter: ConcurrencyLimiter?

  package init(
    _ descriptor: MethodDescriptor, _ handler: Handler, keyed: Handler? = nil,
    _ metrics: ServerMethodMetrics? = nil, _ tracer: Tracer? = nil,
    _ limiter: ConcurrencyLimiter? = nil
  ) {
    self.descriptor = descriptor
    self.handler = handler
    self.keyed = keyed
    self.metrics = metrics
    self.tracer = tracer
    self.limiter = limiter
  }
  /// The handler of a call: whoever sends no key pays nothing for those who do.
  func handler(for metadata: Metadata) -> Handler {
    guard let keyed, metadata[IdempotencyKey.metadataName] != nil else { return self.handler }
    return keyed
  }
}
