/// What the contract says about one RPC: its name, shape, access rule, how it may be repeated, and what
/// it is worth.
public struct MethodDescriptor: Sendable, Hashable {
  /// What a contract promises about calling a method twice (`idempotency_level`).
  public enum Idempotency: Sendable, Hashable {
    /// Nothing is promised: never repeat a call that may have run.
    case unknown
    /// A repeated call has the effect of one.
    case idempotent
    /// The call changes nothing.
    case noSideEffects
  }

  /// The full name of the service, such as `alphintra.trading.v1.TradingService`.
  public let service: String
  /// The name of the method within the service, such as `PlaceOrder`.
  public let method: String
  /// How many messages each side sends.
  public let kind: CallKind
  /// Whether a call may be repeated.
  public let idempotency: Idempotency
  /// Who may call.
  public let access: AccessRule
  /// How long a call may take when the caller does not say; nil means without end.
  public let deadline: Duration?
  /// The class of the edge's rate limits that a call counts against; nil for none of its own.
  public let rateClass: String?
  /// What an overloaded process gives up first.
  public let criticality: Criticality
  /// Whether each call is written to the audit log.
  public let isAudited: Bool
  /// The HTTP/2 path of the method, such as `/alphintra.trading.v1.TradingService/PlaceOrder`.
  public let path: String

  /// Creates a descriptor; the path follows from the two names.
  public init(
    service: String, method: String, kind: CallKind, idempotency: Idempotency = .unknown,
    access: AccessRule, deadline: Duration? = nil, rateClass: String? = nil,
    criticality: Criticality = .critical, isAudited: Bool = false
  ) {
    self.service = service
    self.method = method
    self.kind = kind
    self.idempotency = idempotency
    self.access = access
    self.deadline = deadline
    self.rateClass = rateClass
    self.criticality = criticality
    self.isAudited = isAudited
    self.path = "/\(service)/\(method)"
  }
}

/// What the contract says about one service: its name and its methods.
public struct ServiceDescriptor: Sendable, Hashable {
  /// The full name of the service, such as `alphintra.trading.v1.TradingService`.
  public let name: String
  /// The methods in the order of the contract.
  public let methods: [MethodDescriptor]

  /// Creates a descriptor.
  public init(name: String, methods: [MethodDescriptor]) {
    self.name = name
    self.methods = methods
  }
}
