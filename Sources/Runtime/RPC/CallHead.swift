package import Observability

/// What opens a call: the method, the metadata and the deadline, with everything inherited filled in.
public struct CallHead: Sendable {
  /// The method to call.
  public var method: MethodDescriptor
  /// The metadata to send.
  public var metadata: Metadata
  /// When the call must be done; nil when there is no limit.
  public var deadline: ContinuousClock.Instant?
  /// How the requests are compressed.
  public var compression: Compression
  /// When the call must be done, but for what the contract says about the method.
  package let statedDeadline: ContinuousClock.Instant?
  /// How many attempts of the call came before this one (gRFC A6).
  package var previousAttempts = 0
  /// Whether no server has seen the attempt before this one (gRFC A6, "Transparent Retries").
  package var isTransparentRetry = false
  /// Whether the call waits for a connection that cannot be made now; nil leaves it to the channel.
  public var waitsForReady: Bool?
  /// Where the transport puts the metadata of the response.
  public var responseMetadata: ResponseMetadata?
  /// Whom the transport tells how the call ended.
  package var observer: (any CallObserver)?
  /// The span that led to the call, where it is recorded by this process.
  private(set) var localParent: Span?
  /// The span of the call; nil unless it is recorded.
  package var span: Span?

  /// The name under which the end user's token travels.
  public static let authorizationName = "authorization"

  /// Combines the options of the caller, the defaults of the contract, and the context of the handler
  /// that makes the call.
  public init(
    _ method: MethodDescriptor, _ options: CallOptions,
    context: ServerContext? = ServerContext.current
  ) {
    self.method = method
    self.metadata = options.metadata
    self.compression = options.compression
    self.waitsForReady = options.waitsForReady
    self.responseMetadata = options.responseMetadata
    let stated = [options.deadline, options.timeout.map { .now + $0 }, context?.deadline]
      .compactMap(\.self).min()
    self.statedDeadline = stated
    self.deadline = stated
    if options.timeout == nil, options.deadline == nil, let time = method.deadline {
      self.deadline = [stated, .now + time].compactMap(\.self).min()
    }
    self.state(criticality: [options.criticality, context?.criticality].compactMap(\.self).min())
    if let context {
      if options.forwardsUser { self.inherit(Self.authorizationName, from: context) }
      self.inherit(ServerContext.correlationIDName, from: context)
    }
    self.localParent = self.inheritSpan(from: ActiveSpan.current, or: context)
  }

  /// Lets the span at hand be the one that sends the call, unless the caller has named one.
  ///
  /// - Returns: the span, if this process records it.
  private mutating func inheritSpan(
    from active: ActiveSpan?, or context: ServerContext?
  ) -> Span? {
    guard self.metadata[SpanContext.HeaderName.traceparent] == nil else { return nil }
    if let active {
      self.metadata.setSpan(active.context)
      return active.recording
    }
    guard let context, let span = context.span else { return nil }
    // The text as it came: nothing is made for a call that nobody records.
    let text = span.recording == nil ? context.call.receivedTraceparent : nil
    self.metadata.setSpan(span.context, as: text)
    return span.recording
  }

  /// Says that the call is less critical than its contract has it: the least of all words counts.
  private mutating func state(criticality: Criticality?) {
    guard let criticality, criticality < self.method.criticality else { return }
    self.metadata.remove(Criticality.metadataName)
    self.metadata.addReceived(Criticality.metadataName, .text(criticality.label))
  }

  private mutating func inherit(_ name: String, from context: ServerContext) {
    guard self.metadata[name] == nil, let value = context.metadata[name] else { return }
    self.metadata.addReceived(name, .text(value))
  }
}
