import Core
import TestSupport
import Testing

@testable import TradingDomain

@Suite("RiskCheck")
struct RiskCheckTests {
  static func account(
    position: Decimal = 0, openBuys: Decimal = 0, openSells: Decimal = 0,
    openNotional: Decimal = 0, _ limits: RiskLimits
  ) -> Account {
    Account(
      id: Make.account, version: 1, orderEventSequence: 0, tradeSequence: 0, limits: limits,
      openNotional: openNotional, workingOrders: 0,
      holdings: [
        Make.symbol: Account.Holding(
          position: Position(
            quantity: position, cost: position, realizedPnL: 0, fees: 0, updatedAt: nil),
          openBuyQuantity: openBuys, openSellQuantity: openSells)
      ])
  }

  /// Position, open buys, open sells | side, quantity | headroom of a limit of 100, or ok.
  static let positionCases = """
    0     0    0   | BUY 100  | ok
    0     0    0   | BUY 101  | 100
    0     0    0   | SELL 100 | ok
    0     0    0   | SELL 101 | 100
    60    30   0   | BUY 10   | ok
    60    30   0   | BUY 11   | 10
    60    0    30  | BUY 40   | ok
    60    0    30  | BUY 41   | 40
    60    0    30  | SELL 130 | ok
    60    0    30  | SELL 131 | 130
    -60   0    30  | SELL 10  | ok
    -60   0    30  | SELL 11  | 10
    -60   0    30  | BUY 160  | ok
    -60   0    30  | BUY 161  | 160
    150   0    0   | BUY 1    | 0
    150   0    0   | SELL 250 | ok
    150   0    0   | SELL 251 | 250
    """

  @Test("a position may reach its limit and not a step more, working orders counted")
  func positions() throws {
    let limits = try Make.limits(order: "1000000", position: "100", open: "1000000")
    for line in Self.positionCases.split(separator: "\n") {
      let parts = line.split(separator: "|").map { $0.split(separator: " ").map(String.init) }
      let account = Self.account(
        position: try Decimal(parts[0][0]), openBuys: try Decimal(parts[0][1]),
        openSells: try Decimal(parts[0][2]), limits)
      let side = try #require(OrderSide(rawValue: parts[1][0]))
      let quantity = try Make.quantity(parts[1][1])
      let check = {
        try RiskCheck.check(quantity, of: Make.symbol, side, at: try Make.price("1"), for: account)
      }
      if parts[2] == ["ok"] {
        #expect(throws: Never.self, "\(line)") { try check() }
      } else {
        let rejection = RiskRejection(
          limit: .position, value: 100, requested: quantity.value,
          headroom: try Decimal(parts[2][0]))
        #expect(throws: rejection, "\(line)") { try check() }
      }
    }
  }

  /// The account's limit and the symbol's | the most that passes.
  @Test(
    "of a symbol the lower of two limits holds, and its own only",
    arguments: [
      (100, [Make.symbol: 40], 40), (40, [Make.symbol: 100], 40), (40, [Make.symbol: 40], 40),
      (100, [Symbol(rawValue: "MSFT"): 40], 100), (100, [Make.symbol: 0], 0),
    ] as [(Decimal, [Symbol: Decimal], Decimal)])
  func positionsOfSymbols(general: Decimal, symbols: [Symbol: Decimal], most: Decimal) throws {
    let account = Self.account(
      try Make.limits(position: general.description, symbols: symbols))
    let check = { (quantity: Decimal) in
      try RiskCheck.check(
        try Make.quantity(quantity.description), of: Make.symbol, .buy, at: try Make.price("1"),
        for: account)
    }
    if most.isPositive {
      #expect(throws: Never.self) { try check(most) }
    }
    let above = most + 1
    let rejection = RiskRejection(limit: .position, value: most, requested: above, headroom: most)
    #expect(throws: rejection) { try check(above) }
  }

  @Test("an account's own limits take the place of the service's, symbols' hold beside them")
  func ownLimits() throws {
    let service = try Make.limits(order: "10", position: "20", open: "30", working: 4)
    #expect(OwnLimits.none.completed(by: service) == service)
    let own = OwnLimits(
      maxOrderNotional: 1, maxPosition: nil, maxOpenNotional: 0, maxWorkingOrders: 7)
    #expect(
      own.completed(by: service)
        == (try Make.limits(order: "1", position: "20", open: "0", working: 7)))
    let symbols = try Make.limits(position: "20", symbols: [Make.symbol: 5])
    let wide = OwnLimits(
      maxOrderNotional: nil, maxPosition: 100, maxOpenNotional: nil, maxWorkingOrders: nil)
    let completed = try #require(wide.completed(by: symbols))
    #expect(completed.maxPosition == 100 && completed.maxPosition(of: Make.symbol) == 5)
    let negative = OwnLimits(
      maxOrderNotional: nil, maxPosition: -1, maxOpenNotional: nil, maxWorkingOrders: nil)
    #expect(negative.completed(by: service) == nil)
  }

  @Test("an order's worth may reach its limit and not a digit more")
  func orderNotional() throws {
    let account = Self.account(try Make.limits(order: "1000", position: "1000", open: "9999"))
    let at = { (price: String) in
      try RiskCheck.check(
        try Make.quantity("10"), of: Make.symbol, .buy, at: try Make.price(price), for: account)
    }
    #expect(throws: Never.self) { try at("100") }
    #expect(
      throws: RiskRejection(
        limit: .orderNotional, value: 1000, requested: try Decimal("1000.1"), headroom: 1000)
    ) { try at("100.01") }
  }

  @Test("all working orders together may reach their limit and not a digit more")
  func openNotional() throws {
    let account = Self.account(
      openNotional: 700, try Make.limits(order: "1000", position: "1000", open: "1000"))
    let at = { (price: String) in
      try RiskCheck.check(
        try Make.quantity("10"), of: Make.symbol, .sell, at: try Make.price(price), for: account)
    }
    #expect(throws: Never.self) { try at("30") }
    #expect(
      throws: RiskRejection(
        limit: .openNotional, value: 1000, requested: try Decimal("300.1"), headroom: 300)
    ) { try at("30.01") }
  }

  @Test("a worth out of any range exceeds the limit instead of trapping")
  func overflow() throws {
    let account = Self.account(try Make.limits())
    #expect(throws: RiskRejection.self) {
      try RiskCheck.check(
        try Make.quantity("99999999999999999999"), of: Make.symbol, .buy,
        at: try Make.price("99999999999999999999"), for: account)
    }
  }

  @Test("where the limits are the largest numbers, what leaves the range is refused all the same")
  func overflowWithoutLimits() throws {
    let most = "99999999999999999999.999999999999999999"
    let limits = try Make.limits(order: most, position: most, open: most)
    let large = try Make.quantity("60000000000000000000")
    func check(_ account: Account, _ side: OrderSide, at price: String) throws -> RiskLimit? {
      let price = try Make.price(price)
      do throws(RiskRejection) {
        try RiskCheck.check(large, of: Make.symbol, side, at: price, for: account)
        return nil
      } catch {
        return error.limit
      }
    }
    #expect(try check(Self.account(limits), .buy, at: "2") == .orderNotional)
    #expect(try check(Self.account(limits), .buy, at: "1") == nil)
    // What works on one side is a sum of its own, whatever is held on the other.
    let short = Self.account(position: -large.value, openBuys: large.value, limits)
    #expect(try check(short, .buy, at: "1") == .position)
    let long = Self.account(position: large.value, openSells: large.value, limits)
    #expect(try check(long, .sell, at: "1") == .position)
  }

  @Test("what a rejection leaves as headroom passes, a step more does not")
  func headroomIsExact() throws {
    var random = SeededGenerator(seed: 11)
    var rejections = 0
    for _ in 0..<5000 {
      let limits = try Make.limits(
        order: "\(Int.random(in: 0...2000, using: &random))",
        position: "\(Int.random(in: 0...200, using: &random))",
        open: "\(Int.random(in: 0...2000, using: &random))")
      let account = Self.account(
        position: Decimal(Int.random(in: -200...200, using: &random)),
        openBuys: Decimal(Int.random(in: 0...100, using: &random)),
        openSells: Decimal(Int.random(in: 0...100, using: &random)),
        openNotional: Decimal(Int.random(in: 0...2500, using: &random)), limits)
      let side: OrderSide = Bool.random(using: &random) ? .buy : .sell
      let asked = Decimal(Int.random(in: 1...300, using: &random))
      // At a price of 1 every limit counts in units of quantity.
      func check(_ quantity: Decimal) throws -> RiskRejection? {
        do throws(RiskRejection) {
          guard let quantity = try? Quantity(quantity), let one = try? Price(1) else { return nil }
          try RiskCheck.check(quantity, of: Make.symbol, side, at: one, for: account)
          return nil
        } catch {
          return error
        }
      }
      guard let rejection = try check(asked) else { continue }
      rejections += 1
      #expect(rejection.requested == asked)
      #expect(rejection.headroom < asked)
      #expect(try check(rejection.headroom)?.limit != rejection.limit)
      #expect(try check(rejection.headroom + 1)?.limit == rejection.limit)
    }
    #expect(rejections > 1000)
  }

  @Test("as many orders work as the limit says, and not one more")
  func workingOrders() throws {
    let limits = try Make.limits(working: 2)
    var account = try Make.account(limits)
    let place = { (number: Int) in
      try PlaceOrderTests.decide(
        try Make.place(.buy, "1", at: "10", client: "c-\(number)"), account
      ).account
    }
    account = try place(1)
    account = try place(2)
    #expect(account.workingOrders == 2)
    #expect(
      throws: PlaceOrderRejection.risk(
        RiskRejection(limit: .workingOrders, value: 2, requested: 1, headroom: 0))
    ) { try place(3) }
  }
}
