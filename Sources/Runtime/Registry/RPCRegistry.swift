import RPC

/// Every RPC of some contracts, and the types they exchange, by name.
public struct RPCRegistry: Sendable {
  /// The services, in the order of the contracts.
  public let services: [ServiceDescription]
  private let messages: [String: MessageDescription]
  private let enums: [String: EnumDescription]

  /// A registry of contracts; a type that several of them reach is described by the first.
  public init(_ contracts: [ContractDescription]) {
    services = contracts.flatMap(\.services)
    messages = Dictionary(
      contracts.flatMap(\.messages).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    enums = Dictionary(
      contracts.flatMap(\.enums).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// All RPCs, in the order of the contracts.
  public var rpcs: [RPCDescription] { services.flatMap(\.rpcs) }

  /// The service that an RPC belongs to.
  public func service(of rpc: RPCDescription) -> ServiceDescription? {
    services.first { $0.name == rpc.method.service }
  }

  /// The message with this full name; nil for the runtime's own, such as `google.protobuf.Timestamp`.
  public func message(_ name: String) -> MessageDescription? { messages[name] }

  /// The enum with this full name.
  public func enumeration(_ name: String) -> EnumDescription? { enums[name] }

  /// The full names of the messages and enums, sorted.
  public var typeNames: [String] { (Array(messages.keys) + enums.keys).sorted() }
}
