/// What a caller may say about a call beside its request.
///
/// A call made inside a handler inherits from `ServerContext.current`: its deadline is never later than
/// the handler's, it is no more critical, and the end user's token and the correlation id go along.
public struct CallOptions: Sendable {
  /// How long the call may take from its start; nil means the method's own deadline.
  public var timeout: Duration?
  /// When the call must be done; the earlier of this and `timeout` counts.
  public var deadline: ContinuousClock.Instant?
  /// Metadata to send with the request.
  public var metadata: Metadata
  /// Whether the token of the end user goes along.
  ///
  /// False lets a service act on its own authority.
  public var forwardsUser: Bool
  /// How the requests are compressed; a server that does not know it answers UNIMPLEMENTED.
  public var compression: Compression
  /// Whether the call waits, as long as its deadline lets it, while no server can be reached; nil leaves it
  /// to the channel, where it fails at once unless the configuration says otherwise.
  public var waitsForReady: Bool?
  /// How critical the call is, where that is less than the contract and the handler that makes it say.
  public var criticality: Criticality?
  /// Where to keep the metadata of the response, if it is wanted.
  public var responseMetadata: ResponseMetadata?

  /// Creates options.
  public init(
    timeout: Duration? = nil, deadline: ContinuousClock.Instant? = nil,
    metadata: Metadata = Metadata(), forwardsUser: Bool = true,
    compression: Compression = .identity, waitsForReady: Bool? = nil,
    criticality: Criticality? = nil, responseMetadata: ResponseMetadata? = nil
  ) {
    self.timeout = timeout
    self.deadline = deadline
    self.metadata = metadata
    self.forwardsUser = forwardsUser
    self.compression = compression
    self.waitsForReady = waitsForReady
    self.criticality = criticality
    self.responseMetadata = responseMetadata
  }
}
