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
  /// When it goes; nil where nothing is stated.
  var deprecation: DeprecationModel?
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

/// Since when an RPC is deprecated, and how long it is offered.
struct DeprecationModel: Hashable {
  /// A day of UTC, such as `2026-11-01`.
  var since: String
  /// A day, if it is known.
  var sunset: String?
  /// Where clients read more.
  var link: String?

  /// The arguments of the runtime's initializer.
  var arguments: String {
    let rest = [sunset.map { "sunset: \(quoted($0))" }, link.map { "link: \(quoted($0))" }]
    return (["since: \(quoted(since))"] + rest.compactMap(\.self)).joined(separator: ", ")
  }

  /// The same for a person.
  var words: String {
    let rest = [sunset.map { "may be gone from \($0) on" }, link.map { "see \($0)" }]
    return (["since \(since)"] + rest.compactMap(\.self)).joined(separator: "; ")
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
