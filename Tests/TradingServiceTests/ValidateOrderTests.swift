import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

@Suite struct ValidateOrderTests {
  /// What validating or placing an order came to, in words that can be compared.
  private static func verdict(
    _ status: TradingV1.OrderStatus, _ reason: String, _ shortage: TradingV1.FundsShortage?
  ) -> String {
    "\(status) \(reason) \(shortage?.asset ?? "") \(shortage?.requested ?? 0) "
      + "\(shortage?.available ?? 0)"
  }

  private static func verdict(_ error: RPCError?) -> String {
    let metadata = error?.errorInfo?.metadata.filter { $0.key != "order_id" } ?? [:]
    let fields = error?.violations.map { "\($0.field) \($0.reason)" } ?? []
    return "\(String(describing: error?.code)) \(error?.errorInfo?.reason ?? "") "
      + "\(metadata.sorted { $0.key < $1.key }) \(fields)"
  }

  @Test("the verdict on many random orders is what placing them comes to, and has no effect")
  func sameAsPlacing() async throws {
    let fixture = try await TradingFixture(settings: [
      "TRADING_RISK_MAX_ORDER_NOTIONAL": "1500", "TRADING_RISK_MAX_OPEN_NOTIONAL": "4000",
      "TRADING_RISK_MAX_POSITION": "40", "TRADING_RISK_MAX_WORKING_ORDERS": "12",
      // No order expires between being validated and being placed.
      "TRADING_VENUE_MARKET_LIFETIME": "3600",
    ])
    try await fixture.running {
      try fixture.market.quote(1, bid: "99", "0", ask: "100", "0")
      let trader = try fixture.trader(deposits: ["USD": "3500", "AAPL": "20"])
      try await eventually {
        await failure { try await trader.place(.buy, "1", id: "first") } == nil
      }
      var random = SeededGenerator(seed: 7)
      var verdicts: [String: Int] = [:]
      for step in 0..<400 {
        let request = try Self.randomOrder(&random)
        let before = try await Self.state(of: fixture)
        var foretold: String
        do {
          let answer = try await trader.validate(request)
          foretold = Self.verdict(answer.status, answer.rejectReason, answer.fundsShortage)
        } catch let error as RPCError {
          foretold = Self.verdict(error)
        }
        #expect(try await Self.state(of: fixture) == before, "validating has an effect")
        var came: String
        do {
          let order = try await trader.place(request)
          came = Self.verdict(order.status, order.rejectReason, order.fundsShortage)
          if step % 3 == 0, order.status.works { _ = try await trader.cancel(order.orderID) }
        } catch let error as RPCError {
          came = Self.verdict(error)
        }
        #expect(foretold == came, "\(request)")
        verdicts[String(came.split(separator: " ").prefix(2).joined(separator: " ")), default: 0] +=
          1
      }
      // The run met acceptance, want of funds, limits, wrong requests and taken names.
      #expect(verdicts.count >= 5, "\(verdicts)")
    }
  }

  @Test func whatIsAcceptedSaysWhatItWouldHold() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader(deposits: ["USD": "2000"])
      try await trader.purse.fill()
      let answer = try await trader.validate(try .order(.buy, "10", at: "100"))
      #expect(answer.status == .open && answer.giveAsset == "USD")
      #expect(try answer.giveAmount == Decimal("1000.1"))
      #expect(try await trader.wallet("USD") == [2000, 0])
      fixture.funds.setAway(true)
      let unknown = try await trader.validate(try .order(.buy, "10", at: "100"))
      #expect(unknown.status == .pendingNew)
    }
  }

  /// Everything that an order may change.
  private static func state(of fixture: TradingFixture) async throws -> [Int] {
    try await [
      fixture.count("SELECT count(*) FROM trading.orders"),
      fixture.count("SELECT count(*) FROM trading.accounts"),
      fixture.count("SELECT coalesce(sum(version), 0)::bigint FROM trading.accounts"),
      fixture.count("SELECT count(*) FROM trading.outbox"),
      fixture.count("SELECT count(*) FROM asset.reservations"),
      fixture.count("SELECT count(*) FROM asset.ledger_transactions"),
    ]
  }

  private static func randomOrder(
    _ random: inout SeededGenerator
  ) throws -> TradingV1.PlaceOrderRequest {
    var request = try TradingV1.PlaceOrderRequest.order(
      Bool.random(using: &random) ? .buy : .sell, "\(Int.random(in: 1...16, using: &random))",
      at: Int.random(in: 0..<4, using: &random) == 0
        ? nil : "\(Int.random(in: 95...105, using: &random))",
      id: Int.random(in: 0..<3, using: &random) == 0
        ? "name-\(Int.random(in: 0..<30, using: &random))" : "")
    switch Int.random(in: 0..<15, using: &random) {
    case 0: request.quantity = try Decimal("1.5")
    case 1: request.limitPrice = try Decimal("99.999")
    case 2: request.symbol = "NOPE"
    case 3: request.side = .unspecified
    default: break
    }
    return request
  }
}

extension Trader {
  func validate(
    _ order: TradingV1.PlaceOrderRequest
  ) async throws -> TradingV1.ValidateOrderResponse {
    var request = TradingV1.ValidateOrderRequest()
    request.clientOrderID = order.clientOrderID
    request.symbol = order.symbol
    request.side = order.side
    request.type = order.type
    request.quantity = order.quantity
    request.limitPrice = order.limitPrice
    return try await client.validateOrder(request, options: options)
  }
}
