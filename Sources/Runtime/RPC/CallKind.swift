/// How many messages each side of a call sends.
public enum CallKind: Sendable, Hashable {
  /// One request, one response.
  case unary
  /// Any number of requests, then one response.
  case clientStreaming
  /// One request, then any number of responses.
  case serverStreaming
  /// Any number of requests and responses, in any interleaving.
  case bidirectionalStreaming

  /// Whether the client may send other than exactly one request.
  public var streamsRequests: Bool {
    self == .clientStreaming || self == .bidirectionalStreaming
  }

  /// Whether the server may send other than exactly one response.
  public var streamsResponses: Bool {
    self == .serverStreaming || self == .bidirectionalStreaming
  }
}
