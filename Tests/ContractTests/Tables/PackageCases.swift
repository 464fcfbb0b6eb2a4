import RPC
import Testing

/// What one proto package says; the generator writes it.
struct PackageCases: Sendable, CustomTestStringConvertible {
  let package: String
  let messages: [MessageCase]
  let enums: [EnumCase]
  let rpcs: [RPCCase]
  /// The package's services, which answer as a script tells them.
  let services: [@Sendable (Script) -> any RPCService]

  init(
    _ package: String, messages: [MessageCase], enums: [EnumCase], rpcs: [RPCCase],
    services: [@Sendable (Script) -> any RPCService]
  ) {
    self.package = package
    self.messages = messages
    self.enums = enums
    self.rpcs = rpcs
    self.services = services
  }

  var testDescription: String { package }
}

extension AllContracts {
  /// The RPCs of all packages.
  static var rpcs: [RPCCase] { packages.flatMap(\.rpcs) }

  /// The RPCs that are channels, each with a user who may subscribe.
  static var channels: [(rpc: RPCCase, channel: ChannelCase, user: TestUser)] {
    get throws {
      try rpcs.compactMap { rpc in
        guard let channel = rpc.channel else { return nil }
        let user = TestUser.all.first { rpc.rule.refusal(of: .gateway, for: $0) == nil }
        return (rpc, channel, try #require(user, "\(rpc.name) admits no user of the gateway"))
      }
    }
  }
}
