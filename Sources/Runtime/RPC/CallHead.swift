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
  /// Where the transport puts the metadata of the response.
  public var responseMetadata: ResponseMetadata?
  /// Whom the transport tells how the call ended.
  package var observer: (any CallObserver)?

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
    self.responseMetadata = options.responseMetadata
    self.deadline = [
      options.deadline,
      (options.timeout ?? (options.deadline == nil ? method.deadline : nil)).map { .now + $0 },
      context?.deadline,
    ].compactMap(\.self).min()
    if let context {
      if options.forwardsUser { self.inherit(Self.authorizationName, from: context) }
      self.inherit(ServerContext.correlationIDName, from: context)
    }
  }

  private mutating func inherit(_ name: String, from context: ServerContext) {
    guard self.metadata[name] == nil, let value = context.metadata[name] else { return }
    self.metadata.addReceived(name, .text(value))
  }
}
