/// A proto package as a generic caller sees it: its services, and every type that their RPCs reach.
public struct ContractDescription: Sendable {
  /// The proto package, such as `alphintra.trading.v1`.
  public let package: StaticString
  /// The services, in the order of the contract.
  public let services: [ServiceDescription]
  /// The messages, by name; those of other packages and without those of the runtime.
  public let messages: [MessageDescription]
  /// The enums, by name.
  public let enums: [EnumDescription]

  /// Creates a description; the generator writes it.
  public init(
    package: StaticString, services: [ServiceDescription], messages: [MessageDescription],
    enums: [EnumDescription]
  ) {
    self.package = package
    self.services = services
    self.messages = messages
    self.enums = enums
  }
}

/// A service and what its contract says about it.
public struct ServiceDescription: Sendable {
  /// The full name, such as `alphintra.trading.v1.TradingService`.
  public let name: String
  /// The contract's comment; may be empty.
  public let comment: String
  /// The RPCs, in the order of the contract.
  public let rpcs: [RPCDescription]

  /// Creates a description; the generator writes it.
  public init(_ name: StaticString, _ comment: StaticString, _ rpcs: [RPCDescription]) {
    self.name = name.description
    self.comment = comment.description
    self.rpcs = rpcs
  }

  /// The name without the package, such as `TradingService`.
  public var shortName: String { lastComponent(of: name) }

  /// The name under which the service is found in the mesh, and which its certificate proves:
  /// `trading` of `alphintra.trading.v1.TradingService`.
  public var meshName: String {
    let package = name.split(separator: ".").dropLast()
    let isVersioned = package.last.map { $0.first == "v" && $0.dropFirst().first?.isNumber == true }
    return (isVersioned == true ? package.dropLast() : package).last.map(String.init) ?? shortName
  }
}

/// The part of a full proto name behind the last point.
func lastComponent(of name: String) -> String {
  name.split(separator: ".").last.map(String.init) ?? name
}
