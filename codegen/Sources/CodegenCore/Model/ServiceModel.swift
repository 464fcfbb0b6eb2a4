import ProtobufC

/// A service.
struct ServiceModel {
  /// The full proto name.
  var proto: String
  /// The protocol, such as `TradingService`.
  var name: String
  var comment: DocComment
  var place: Place
  var methods: [MethodModel]
}

/// An RPC.
struct MethodModel {
  /// The proto name, such as `PlaceOrder`.
  var proto: String
  /// The function, such as `placeOrder`.
  var name: String
  var comment: DocComment
  var place: Place
  var request: TypeReference
  var response: TypeReference
  var kind: Kind
  var idempotency: MethodDescriptor.Idempotency
  var access: AccessModel
  /// The deadline where the caller states none.
  var deadlineMilliseconds: Int64?
  var successStatus: Int
  var routes: [RouteModel]
  var channel: ChannelModel?

  /// The kinds of calls, by the names the runtime gives them.
  enum Kind: String {
    case unary, clientStreaming, serverStreaming, bidirectionalStreaming
  }
}

/// Who may call an RPC.
struct AccessModel: Hashable {
  enum Callers: Hashable {
    case anyone
    case mesh
    case services([String])
  }

  var callers: Callers
  /// The roles of which a user needs one; nil where no user is needed.
  var userRoles: [String]?
}
