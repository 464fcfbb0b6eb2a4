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

  /// So many accounts, and orders of each: 10,000 in all.
  private static let accounts = 25
  private static let ordersEach = 400
  /// How many accounts trade at once.
  private static let width = 5

  @Test(
    "the verdict on 10,000 random orders is what placing them comes to, and has no effect",
    .timeLimit(.minutes(10)))
  func sameAsPlacing() async throws {
    let fixture = try await TradingFixture(settings: [
      "TRADING_RISK_MAX_ORDER_NOTIONAL": "1500", "TRADING_RISK_MAX_OPEN_NOTIONAL": "4000",
      "TRADING_RISK_MAX_POSITION": "40", "TRADING_RISK_MAX_WORKING_ORDERS": "12",
      // No order expires between being validated and being placed.
      "TRADING_VENUE_MARKET_LIFETIME": "3600",
    ])
    try await fixture.running {
      try fixture.market.quote(1, bid: "99", "0", ask: "100", "0")
      let first = try fixture.trader()
      try await eventually {
        await failure { try await first.place(.buy, "1", id: "first") } == nil
      }
      let verdicts = try await withThrowingTaskGroup(of: [String: Int].self) { group in
        var verdicts: [String: Int] = [:]
        for number in 0..<Self.accounts {
          if number >= Self.width, let more = try await group.next() {
            verdicts.merge(more, uniquingKeysWith: +)
          }
          group.addTask { try await Self.compare(on: fixture, seed: UInt64(7 + number)) }
        }
        for try await more in group { verdicts.merge(more, uniquingKeysWith: +) }
        return verdicts
      }
      #expect(verdicts.values.reduce(0, +) == 10_000)
      // The run met acceptance, want of funds, limits, wrong requests and taken names.
      #expect(verdicts.count >= 5, "\(verdicts)")
    }
  }

  /// Validates and places the orders of one account.
  ///
  /// - Returns: how often it came to what.
  private static func compare(
    on fixture: TradingFixture, seed: UInt64
  ) async throws -> [String: Int] {
    let trader = try fixture.trader(deposits: ["USD": "3500", "AAPL": "20"])
    try await trader.purse.fill()
    var random = SeededGenerator(seed: seed)
    var verdicts: [String: Int] = [:]
    for step in 0..<ordersEach {
      let request = try randomOrder(&random)
      // To look at all that could change costs more than the orders: each fourth stands for the others.
      let before = step % 4 == 0 ? try await state(of: trader, in: fixture) : nil
      var foretold: String
      do {
        let answer = try await trader.validate(request)
        foretold = verdict(answer.status, answer.rejectReason, answer.fundsShortage)
      } catch let error as RPCError {
        foretold = verdict(error)
      }
      if let before {
        #expect(try await state(of: trader, in: fixture) == before, "validating has an effect")
      }
      var came: String
      do {
        let order = try await trader.place(request)
        came = verdict(order.status, order.rejectReason, order.fundsShortage)
        if step % 3 == 0, order.status.works { _ = try await trader.cancel(order.orderID) }
      } catch let error as RPCError {
        came = verdict(error)
      }
      #expect(foretold == came, "seed \(seed): \(request)")
      verdicts[came.split(separator: " ").prefix(2).joined(separator: " "), default: 0] += 1
    }
    return verdicts
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

  /// Everything of the account that an order may change.
  private static func state(of trader: Trader, in fixture: TradingFixture) async throws -> String {
    try await fixture.service.database.pool.query(
      """
      SELECT concat_ws(' ',
        (SELECT count(*) FROM trading.orders WHERE account_id = \(trader.user)::uuid),
        (SELECT version FROM trading.accounts WHERE id = \(trader.user)::uuid),
        (SELECT count(*) FROM trading.outbox WHERE topic = 'order_events' AND key = \(trader.user)),
        (SELECT count(*) FROM asset.reservations WHERE account_id = \(trader.user)::uuid),
        (SELECT transaction_sequence FROM asset.accounts WHERE id = \(trader.user)::uuid)) AS state
      """
    ).one().decode(String.self, "state")
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
