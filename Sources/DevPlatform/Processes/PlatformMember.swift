/// A process of the platform.
public enum PlatformMember: String, Sendable, Hashable, CaseIterable {
  /// The PostgreSQL server.
  case postgres
  /// The development broker of events.
  case broker = "dev-broker"
  /// Instruments, quotes and candles.
  case marketData = "marketdata"
  /// Users and their tokens.
  case auth
  /// Wallets, and what orders hold of them.
  case asset
  /// A simulated exchange: the outside world.
  case exchange
  /// Orders that are executed at exchanges.
  case brokerService = "broker"
  /// Orders, trades and positions.
  case trading
  /// The edge.
  case gateway

  /// The services, in the order in which they are started.
  public static let services: [PlatformMember] = [
    .marketData, .auth, .asset, .exchange, .brokerService, .trading,
  ]

  /// Those of which there may be several.
  static let replicated: [PlatformMember] = services + [.gateway]

  /// The name: of the log, and of the member's settings.
  public var name: String { rawValue }

  /// What the member's environment variables begin with: `TRADING_`.
  var prefix: String { rawValue.uppercased() + "_" }
}
