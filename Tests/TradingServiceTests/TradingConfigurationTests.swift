import Configuration
import Core
import ProcessKit
import Testing
import TradingDomain

@testable import TradingService

@Suite struct TradingConfigurationTests {
  private func read(
    _ variables: [String: String]
  ) throws(ConfigurationError) -> TradingConfiguration {
    let reader = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: variables))
    return try TradingConfiguration(reader, service: "trading")
  }

  @Test func theDefaultsAreThoseOfTheReadme() throws {
    let configuration = try read([:])
    #expect(configuration.limits.maxOrderNotional == 1_000_000)
    #expect(configuration.limits.maxPosition == 10_000)
    #expect(configuration.limits.maxOpenNotional == 5_000_000)
    #expect(try configuration.venue.fees.rate == Decimal("0.0001"))
    #expect(configuration.venue.fees.scale == 4)
    #expect(try configuration.venue.marketCollar == Decimal("0.05"))
    #expect(configuration.venue.marketLifetime == .seconds(60))
    #expect(configuration.limits.maxWorkingOrders == 10_000)
    #expect(configuration.expiryInterval == .seconds(1))
    #expect(configuration.leaseDuration == .seconds(3))
    #expect(configuration.pollInterval == .milliseconds(50))
    #expect(configuration.reconcileInterval == .seconds(5))
    #expect(configuration.pendingAge == .seconds(2))
    #expect(configuration.pendingInterval == .seconds(1))
    #expect(configuration.pendingMarketWait == .seconds(10))
  }

  @Test func settingsCount() throws {
    let configuration = try read([
      "TRADING_RISK_MAX_POSITION": "12.5", "TRADING_VENUE_FEE_RATE": "0.001",
      "TRADING_PENDING_AGE": "7",
    ])
    #expect(try configuration.limits.maxPosition == Decimal("12.5"))
    #expect(try configuration.venue.fees.rate == Decimal("0.001"))
    #expect(configuration.pendingAge == .seconds(7))
  }

  /// Ten thousand orders of the greatest length are one message of the mesh (`LargeSnapshotTests`); many more are none.
  @Test func noMoreOrdersWorkThanASnapshotHolds() throws {
    #expect(throws: ConfigurationError.self) {
      try read(["TRADING_RISK_MAX_WORKING_ORDERS": "10001"])
    }
  }

  @Test func whatIsExecutedElsewhereIsListed() throws {
    let routed = try read([
      "TRADING_ROUTING_SYMBOLS": "FB,AAPL", "TRADING_ROUTING_CONNECTION": "main",
    ])
    #expect(
      routed.routing
        == Routing(
          symbols: [Symbol(rawValue: "FB"), Symbol(rawValue: "AAPL")],
          connection: ConnectionID(rawValue: "main")))
    // As the manifests say it: nothing.
    #expect(try read(["TRADING_ROUTING_SYMBOLS": ""]).routing == nil)
    #expect(throws: ConfigurationError.self) { try read(["TRADING_ROUTING_SYMBOLS": "FB,"]) }
  }

  @Test func symbolsHaveLimitsOfTheirOwn() throws {
    let limits = try read(["TRADING_RISK_MAX_POSITIONS": "AAPL=5000,BRK.B=0.5"]).limits
    #expect(
      limits.maxPositions == [
        Symbol(rawValue: "AAPL"): 5000, Symbol(rawValue: "BRK.B"): try Decimal("0.5"),
      ])
    #expect(try read(["TRADING_RISK_MAX_POSITIONS": ""]).limits.maxPositions.isEmpty)
    for wrong in ["AAPL", "AAPL=", "AAPL=-1", "AAPL=1,", "aapl=1", "AAPL=1,AAPL=2", "AAPL=1=2"] {
      #expect(throws: ConfigurationError.self, "\(wrong)") {
        try read(["TRADING_RISK_MAX_POSITIONS": wrong])
      }
    }
  }

  @Test func everyWrongSettingIsNamed() throws {
    do {
      _ = try read([
        "TRADING_RISK_MAX_POSITION": "-1", "TRADING_RISK_MAX_OPEN_NOTIONAL": "1e9",
        "TRADING_VENUE_FEE_RATE": "1.1", "TRADING_VENUE_FEE_SCALE": "19",
        "TRADING_VENUE_LEASE": "0", "TRADING_VENUE_MARKET_COLLAR": "1",
        "TRADING_VENUE_MARKET_LIFETIME": "0", "TRADING_RISK_MAX_WORKING_ORDERS": "-1",
      ])
      Issue.record("wrong settings were accepted")
    } catch {
      #expect(
        error.problems.map(\.key) == [
          "trading.risk.max_position", "trading.risk.max_open_notional",
          "trading.risk.max_working_orders", "trading.venue.fee_scale", "trading.venue.fee_rate",
          "trading.venue.market_collar", "trading.venue.market_lifetime", "trading.venue.lease",
        ])
    }
  }
}
