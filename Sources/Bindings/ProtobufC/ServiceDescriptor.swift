/// A service.
public struct ServiceDescriptor: Sendable, Hashable {
  /// The service's own name.
  public var name: String
  /// Its RPCs, in the order of the file.
  public var methods: [MethodDescriptor]
  /// Whether it is marked `deprecated`.
  public var isDeprecated: Bool
  /// The options protobuf-c does not know: our own.
  public var options: [CustomOption]
  /// Where it stands.
  public var location: SourceLocation
}

/// An RPC of a service.
public struct MethodDescriptor: Sendable, Hashable {
  /// The RPC's name.
  public var name: String
  /// The full name of the request message, without the leading dot.
  public var inputType: String
  /// The full name of the response message, without the leading dot.
  public var outputType: String
  /// Whether the client sends a stream.
  public var isClientStreaming: Bool
  /// Whether the server sends a stream.
  public var isServerStreaming: Bool
  /// What a repetition of the call may do.
  public var idempotency: Idempotency
  /// Whether it is marked `deprecated`.
  public var isDeprecated: Bool
  /// The options protobuf-c does not know: our own.
  public var options: [CustomOption]
  /// Where it stands.
  public var location: SourceLocation

  /// The standard option `idempotency_level`.
  public enum Idempotency: Int, Sendable, Hashable {
    /// Nothing is promised.
    case unknown = 0
    /// The call changes nothing.
    case noSideEffects = 1
    /// A repetition has the effect of one call.
    case idempotent = 2
  }
}
