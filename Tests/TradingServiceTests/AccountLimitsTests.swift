import Core
import Protobuf
import RPC
import TestSupport
import Testing
import TradingContract

@Suite struct AccountLimitsTests {
  private typealias Limits = TradingV1.AccountLimits

  /// What an operator tells the service.
  private static func set(
    _ limits: Limits?, of user: String, on fixture: TradingFixture
  ) async throws -> TradingV1.RiskLimits {
    let tokens = fixture.service.tokens
    let claims = tokens.claims(
      for: TradingFixture.newUser(), roles: ["operator"], scopes: ["read", "operate"])
    return try await TradingV1.TradingServiceClient(fixture.service.channel()).setAccountLimits(
      .with {
        $0.accountID = user
        $0.limits = limits
      }, options: try ServiceFixture.options(token: try tokens.token(claims)))
  }

  @Test("an account's own limits hold from the next order on, at their boundaries")
  func ownLimitsHold() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_RISK_MAX_POSITIONS": "MSFT=3"])
    try await fixture.running {
      let trader = try fixture.trader()
      let before = try await trader.client.getRiskLimits(.init(), options: trader.options)
      #expect(before.accountID == trader.user && before.own == Limits())
      #expect(before.maxPosition == 10_000 && before.maxWorkingOrders == 10_000)
      #expect(before.positionLimits.map(\.symbol) == ["MSFT"])
      #expect(before.positionLimits.map(\.maxPosition) == [3])

      // Before the account's first order: its row is made.
      let own = Limits.with {
        $0.maxPosition = 10
        $0.maxWorkingOrders = 2
      }
      let set = try await Self.set(own, of: trader.user, on: fixture)
      #expect(set.own == own && set.maxPosition == 10 && set.maxOrderNotional == 1_000_000)
      #expect(try await trader.client.getRiskLimits(.init(), options: trader.options) == set)

      let first = try await trader.place(.buy, "10", at: "1")
      let position = await failure { try await trader.place(.buy, "1", at: "1") }
      #expect(position?.errorInfo?.reason == "RISK_LIMIT_EXCEEDED")
      #expect(position?.errorInfo?.metadata["limit"] == "POSITION")
      #expect(position?.errorInfo?.metadata["value"] == "10")
      #expect(position?.errorInfo?.metadata["headroom"] == "0")

      // The symbol's limit is the lower one.
      let symbol = await failure { try await trader.place(.buy, "4", at: "1", symbol: "MSFT") }
      #expect(symbol?.errorInfo?.metadata["value"] == "3")
      _ = try await trader.place(.buy, "3", at: "1", symbol: "MSFT")
      let working = await failure { try await trader.place(.sell, "1", at: "1000") }
      #expect(working?.errorInfo?.metadata["limit"] == "WORKING_ORDERS")

      // Lower than what works already: that stays, and nothing more passes.
      _ = try await Self.set(.with { $0.maxPosition = 5 }, of: trader.user, on: fixture)
      #expect(
        try await trader.client.getOrder(
          .with { $0.orderID = first.orderID }, options: trader.options
        ).status == .open)
      #expect(
        await failure { try await trader.place(.buy, "1", at: "1") }?
          .errorInfo?.metadata["value"] == "5")

      // None of its own: the service's hold again.
      let none = try await Self.set(Limits(), of: trader.user, on: fixture)
      #expect(none == before)
      _ = try await trader.place(.buy, "1", at: "1")
      // Others never had them.
      _ = try await fixture.trader().place(.buy, "11", at: "1")
    }
  }

  @Test("a wrong limit is named, and nobody sets or reads another's without the role")
  func refusals() async throws {
    let fixture = try await TradingFixture()
    let trader = try fixture.trader()
    let negative = await failure {
      try await Self.set(.with { $0.maxPosition = -1 }, of: trader.user, on: fixture)
    }
    #expect(negative?.violations.map(\.field) == ["limits.max_position"])
    let missing = await failure { try await Self.set(nil, of: trader.user, on: fixture) }
    #expect(missing?.violations.map(\.field) == ["limits"])
    let own = await failure {
      try await trader.client.setAccountLimits(
        .with {
          $0.accountID = trader.user
          $0.limits = Limits()
        }, options: trader.options)
    }
    #expect(own?.code == .permissionDenied)
    let reading = await failure {
      try await trader.client.getAccountLimits(
        .with { $0.accountID = trader.user }, options: trader.options)
    }
    #expect(reading?.code == .permissionDenied)
  }
}
