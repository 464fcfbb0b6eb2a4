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
  /// The class of the edge's rate limits; nil where none is stated.
  var rateClass: String?
  var criticality: Criticality
  var isAudited: Bool
  var routes: [RouteModel]
  var channel: ChannelModel?

  /// The kinds of calls, by the names the runtime gives them.
  enum Kind: String {
    case unary, clientStreaming, serverStreaming, bidirectionalStreaming
  }

  /// What is given up first, by the names the runtime gives.
  enum Criticality: String {
    case criticalPlus, critical, sheddablePlus, sheddable
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
  /// What the user needs; nil where no user is needed.
  var user: UserModel?
}

/// What the user behind a call needs.
struct UserModel: Hashable {
  /// One of these; empty admits every user.
  var roles: [String] = []
  /// All of these.
  var scopes: [String] = []
  var assurance = Assurance.singleFactor

  /// How surely the user was recognized, by the names the runtime gives.
  enum Assurance: String {
    case singleFactor, multiFactor
  }
}
