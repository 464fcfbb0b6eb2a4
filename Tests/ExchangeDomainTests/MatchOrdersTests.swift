import Core
import ExchangeDomain
import Testing

@Suite struct MatchOrdersTests {
  @Test(
    "a buyer trades at the ask, a seller at the bid, at the limit price or better",
    arguments: [
      (OrderSide.buy, "100.02", "100.02"), (.buy, "100.05", "100.02"), (.buy, "100.01", nil),
      (.sell, "99.98", "99.98"), (.sell, "99", "99.98"), (.sell, "99.99", nil),
    ] as [(OrderSide, String, String?)])
  func prices(side: OrderSide, limit: String, traded: String?) throws {
    var exchange = Exchange()
    try exchange.submit(.terms(side, "10", at: limit))
    let reports = exchange.match(try .quote(bid: "99.98", "100", ask: "100.02", "100"))
    #expect(try reports.map { $0.execution?.price.value } == traded.map { [try Decimal($0)] } ?? [])
    #expect(reports.allSatisfy { $0.type == .trade && $0.order.state == .filled })
  }

  @Test func aQuoteGoesAsFarAsItsSize() throws {
    var exchange = Exchange()
    let order = try exchange.submit(.terms(.buy, "100", at: "101"))
    var usage: QuoteUsage? = QuoteUsage(try .quote(bid: "99", "0", ask: "100", "60"))
    #expect(exchange.match(&usage).map(\.order.state) == [.partiallyFilled])
    #expect(usage?.bought == 60 && usage?.sold == .zero && usage?.left(for: .buy) == nil)
    // The same quote has nothing more to give, neither to this order nor to another one.
    try exchange.submit(.terms(.buy, "10", at: "102"))
    #expect(exchange.match(&usage).isEmpty)
    let reports = exchange.match(try .quote(2, bid: "99", "0", ask: "101", "60"))
    #expect(reports.map { $0.execution?.quantity.value } == [10, 40])
    let filled = try #require(exchange.orders[order.id])
    #expect(filled.state == .filled && filled.filledQuantity == 100)
    #expect(filled.filledNotional == 10_040)
  }

  @Test("orders are served by price, then by age, whoever's they are")
  func priorities() throws {
    var exchange = Exchange()
    let late = try exchange.submit(.terms(.buy, "10", at: "101"), at: time(3))
    let early = try exchange.submit(.terms(.buy, "10", at: "101"), account: "other", at: time(2))
    let best = try exchange.submit(.terms(.buy, "10", at: "102"), at: time(4))
    let worst = try exchange.submit(.terms(.buy, "10", at: "100"), at: time(1))
    let dear = try exchange.submit(.terms(.sell, "10", at: "99"), at: time(1))
    let cheap = try exchange.submit(.terms(.sell, "10", at: "98"), at: time(5))
    let reports = exchange.match(
      try .quote(bid: "99", "20", ask: "100", "35"), at: time(6))
    #expect(
      reports.map(\.order.id) == [best, early, late, worst, cheap, dear].map(\.id))
    #expect(reports.map { $0.execution?.quantity.value } == [10, 10, 10, 5, 10, 10])
    #expect(reports.map(\.sequence) == [6, 2, 7, 8, 9, 10])
  }

  @Test func ordersEndByTimeAndDoNotTradeAfterIt() throws {
    var exchange = Exchange()
    let order = try exchange.submit(.terms(.buy, "10", at: "100", until: time(10)))
    #expect(exchange.match(nil, at: time(9)).isEmpty)
    let reports = exchange.match(
      try .quote(bid: "99", "10", ask: "100", "10"), at: time(10))
    #expect(reports.map(\.type) == [.expired])
    #expect(exchange.orders[order.id]?.state == .expired)
    #expect(exchange.orders[order.id]?.leaves == .zero)
  }

  @Test func ordersOfAnAccountThatIsNotAtHandAreLeftAlone() throws {
    var exchange = Exchange()
    try exchange.submit(.terms(.buy, "10", at: "100"))
    exchange.accounts = [:]
    #expect(exchange.match(try .quote(bid: "99", "10", ask: "100", "10")).isEmpty)
  }

  @Test("an execution whose sum no number can hold does not keep the others from trading")
  func sumsOutOfRange() throws {
    var exchange = Exchange()
    let huge = try exchange.submit(.terms(.sell, "90000000000000000000", at: "1"))
    let other = try exchange.submit(.terms(.sell, "10", at: "1"))
    let reports = exchange.match(
      try .quote(bid: "2", "99999999999999999999", ask: "3", "0"))
    #expect(reports.map(\.order.id) == [other.id])
    #expect(exchange.orders[huge.id] == huge)
  }

  @Test(
    "an order that is over stays as it ended", arguments: OrderState.allCases.filter(\.isFinal))
  func finalStatesStay(state: OrderState) throws {
    let order = ExchangeOrder(
      id: OrderID(number: 1), account: AccountName(rawValue: "sim"),
      clientOrderID: ClientOrderID(rawValue: "a"),
      terms: try .terms(.buy, "10", at: "100", until: time(0)), createdAt: time(0), state: state,
      filledQuantity: state == .filled ? 10 : .zero,
      filledNotional: state == .filled ? 1000 : .zero,
      rejectReason: state == .rejected ? .offGrid : nil, updatedAt: time(0))
    var account = ExchangeAccount(name: order.account, reportSequence: 7)
    #expect(CancelOrder.decide(order, account: &account, at: time(1)) == nil)
    #expect(ExpireOrder.decide(order, account: &account, at: time(1)) == nil)
    var accounts = [account.name: account]
    var usage: QuoteUsage? = QuoteUsage(try .quote(bid: "99", "10", ask: "100", "10"))
    #expect(
      MatchOrders.decide([order], usage: &usage, accounts: &accounts, at: time(1)) {
        ExecutionID(rawValue: "1")
      }.isEmpty)
    #expect(accounts[account.name]?.reportSequence == 7 && usage?.bought == .zero)
  }
}
