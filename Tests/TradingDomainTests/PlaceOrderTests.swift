import Core
import Testing

@testable import TradingDomain

@Suite("PlaceOrder")
struct PlaceOrderTests {
  static func decide(
    _ request: PlaceOrder, _ account: Account? = nil, quote: Quote? = nil, lot: String = "1"
  ) throws -> Change {
    let instrument = try Make.instrument(lot: lot)
    return try request.decide(
      for: try account ?? Make.account(), among: [instrument.symbol: instrument], quote: quote,
      venue: try Make.venue(), id: OrderID(rawValue: "order-1"), at: Make.now)
  }

  @Test("a LIMIT order is stored pending, told to nobody, and reserves its worth")
  func limitOrder() throws {
    let change = try Self.decide(try Make.place(.buy, "10", at: "101.25"))
    #expect(change.order.state == .pendingNew)
    #expect(change.order.version == 1)
    #expect(change.order.type == .limit)
    #expect(change.order.averagePrice == nil)
    #expect(change.event == nil && change.trade == nil)
    #expect(change.account.version == 1)
    #expect(change.account.orderEventSequence == 0)
    #expect(change.account.openNotional == (try Decimal("1012.5")))
    #expect(change.account.holding(of: Make.symbol).openBuyQuantity == 10)
    #expect(change.account.holding(of: Make.symbol).openSellQuantity == 0)
  }

  @Test("a MARKET order is valued by the side of the quote it would trade at")
  func marketOrder() throws {
    let quote = try Make.quote(7, bid: "99.5", "100", ask: "100.5", "100")
    let buy = try Self.decide(try Make.place(.buy, "2"), quote: quote)
    #expect(buy.order.type == .market)
    #expect(buy.account.openNotional == 201)
    let sell = try Self.decide(try Make.place(.sell, "2"), quote: quote)
    #expect(sell.account.openNotional == 199)
    #expect(throws: PlaceOrderRejection.noQuote(Make.symbol)) {
      try Self.decide(try Make.place(.buy, "2"))
    }
  }

  /// Side, bid or ask, tick, collar, and the protection price.
  static let protections = """
    BUY  100.00 0.01 0.05  105
    SELL 100.00 0.01 0.05  95
    BUY  100.03 0.01 0.05  105.04
    SELL 100.03 0.01 0.05  95.02
    BUY  100.03 0.25 0     100.25
    SELL 100.03 0.25 0     100
    SELL 0.02   0.01 0.9   0.01
    BUY  0.01   0.01 0.999 0.02
    """

  @Test("a MARKET order gets a protection price on the grid, a time, and what both may cost")
  func protection() throws {
    for line in Self.protections.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      let side = try #require(OrderSide(rawValue: words[0]))
      let instrument = try Make.instrument(tick: words[2])
      let order = try Make.place(side, "10").decide(
        for: try Make.account(), among: [instrument.symbol: instrument],
        quote: try Make.quote(1, bid: words[1], "1", ask: words[1], "1"),
        venue: try Make.venue(collar: words[3]), id: OrderID(rawValue: "o"), at: Make.now
      ).order
      let protection = try Make.price(words[4])
      #expect(order.protectionPrice == protection, "\(line)")
      #expect(order.expiresAt == Make.now + .seconds(60))
      #expect(order.reservedPrice == (try Make.price(words[1])))
      #expect(order.accepts(protection))
      let tick = try Decimal(words[2])
      let worse = try? Price(side == .buy ? protection.value + tick : protection.value - tick)
      if let worse { #expect(!order.accepts(worse), "\(line)") }
      switch side {
      case .buy:
        let notional = try protection.value.multiplied(by: 10)
        #expect(order.reservationTotal == (try notional + order.fees.fee(on: notional)))
        #expect(order.giveAsset.rawValue == "USD" && order.takeAsset.rawValue == "AAPL")
      case .sell:
        #expect(order.reservationTotal == 10)
        #expect(order.giveAsset.rawValue == "AAPL" && order.takeAsset.rawValue == "USD")
      }
    }
    let limit = try Self.decide(try Make.place(.buy, "10", at: "100")).order
    #expect(limit.protectionPrice == nil && limit.expiresAt == nil)
    #expect(limit.reservationTotal == (try Decimal("1000.1")))
  }

  @Test("what no number can hold is beyond the limit of an order's worth")
  func costOutOfRange() throws {
    let most = "99999999999999999999"
    let account = try Make.account(try Make.limits(order: most, position: most, open: most))
    let request = try Make.place(.buy, most, at: "1")
    #expect {
      try Self.decide(request, account)
    } throws: { error in
      guard case PlaceOrderRejection.risk(let risk) = error else { return false }
      return risk.limit == .orderNotional
    }
  }

  struct Case: CustomTestStringConvertible {
    var name: String
    var violations: [PlaceOrderViolation]
    var change: @Sendable (inout PlaceOrder) throws -> Void
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "empty client order id", violations: [.clientOrderIDMalformed("")]) {
      $0.clientOrderID = ""
    },
    Case(
      name: "65 characters",
      violations: [.clientOrderIDMalformed(String(repeating: "x", count: 65))]
    ) { $0.clientOrderID = String(repeating: "x", count: 65) },
    Case(name: "blank in client order id", violations: [.clientOrderIDMalformed("a b")]) {
      $0.clientOrderID = "a b"
    },
    Case(name: "unknown symbol", violations: [.symbolUnknown("XXXX")]) { $0.symbol = "XXXX" },
    Case(name: "symbols are case-sensitive", violations: [.symbolUnknown("aapl")]) {
      $0.symbol = "aapl"
    },
    Case(name: "no side", violations: [.sideMissing]) { $0.side = nil },
    Case(name: "no type", violations: [.typeMissing]) { $0.type = nil },
    Case(name: "no quantity", violations: [.quantityMissing]) { $0.quantity = nil },
    Case(name: "zero quantity", violations: [.quantityNotPositive(0)]) { $0.quantity = 0 },
    Case(name: "negative quantity", violations: [.quantityNotPositive(-1)]) { $0.quantity = -1 },
    Case(
      name: "a fraction of a lot",
      violations: [.quantityNotMultipleOfLot(Decimal(unscaled: 15, scale: 1) ?? 0, lotSize: 1)]
    ) { $0.quantity = try Decimal("1.5") },
    Case(name: "LIMIT without price", violations: [.limitPriceMissing]) { $0.limitPrice = nil },
    Case(name: "MARKET with price", violations: [.limitPriceNotAllowed(100)]) { $0.type = .market },
    Case(name: "zero price", violations: [.limitPriceNotPositive(0)]) { $0.limitPrice = 0 },
    Case(
      name: "price between increments",
      violations: [
        .limitPriceOffIncrement(
          Decimal(unscaled: 100_005, scale: 3) ?? 0,
          priceIncrement: Decimal(unscaled: 1, scale: 2) ?? 0)
      ]
    ) { $0.limitPrice = try Decimal("100.005") },
    Case(
      name: "everything at once",
      violations: [
        .clientOrderIDMalformed(""), .symbolUnknown(""), .sideMissing, .typeMissing,
        .quantityNotPositive(-1), .limitPriceNotPositive(-1),
      ]
    ) {
      $0 = PlaceOrder(
        clientOrderID: "", symbol: "", side: nil, type: nil, quantity: -1, limitPrice: -1)
    },
  ]

  @Test("each wrong field is named", arguments: cases)
  func violations(_ wrong: Case) throws {
    var request = try Make.place(.buy, "10", at: "100")
    #expect(throws: Never.self) { try Self.decide(request) }
    try wrong.change(&request)
    #expect(throws: PlaceOrderRejection.invalid(wrong.violations)) { try Self.decide(request) }
    // The same is known without the account.
    let instrument = try Make.instrument()
    #expect(throws: PlaceOrderRejection.invalid(wrong.violations)) {
      try request.validate(among: [instrument.symbol: instrument])
    }
  }

  @Test("a quantity has as many digits as the lot allows, and no more")
  func digits() throws {
    let request = try Make.place(.buy, "0.0000000000000001", at: "100.01")
    let change = try Self.decide(request, lot: "0.0000000000000001")
    #expect(change.account.openNotional == (try Decimal("0.000000000000010001")))
    // The least fee is one step of its scale, however little is bought.
    #expect(change.order.reservationTotal == (try Decimal("0.000100000000010001")))
    #expect(
      Instrument(
        symbol: Make.symbol, priceIncrement: try Decimal("0.01"),
        lotSize: try Decimal("0.00000000000000001"), quoteAsset: Asset(rawValue: "USD")) == nil)
  }

  @Test("a repetition is recognised by what it asks for, not by how it is written")
  func repetition() throws {
    let request = try Make.place(.buy, "10", at: "100.50")
    let order = try Self.decide(request).order
    #expect(try Make.place(.buy, "10.0", at: "100.5").isRequest(for: order))
    #expect(!(try Make.place(.sell, "10", at: "100.50").isRequest(for: order)))
    #expect(!(try Make.place(.buy, "11", at: "100.50").isRequest(for: order)))
    #expect(!(try Make.place(.buy, "10", at: "100.51").isRequest(for: order)))
    #expect(!(try Make.place(.buy, "10").isRequest(for: order)))
    #expect(!(try Make.place(.buy, "10", at: "100.50", client: "c-2").isRequest(for: order)))
    var other = request
    other.symbol = "IBM"
    #expect(!other.isRequest(for: order))
  }
}
