import Core
import ExchangeDomain
import Testing

@Suite struct SubmitOrderTests {
  @Test func anOrderIsTakenAndReported() throws {
    var exchange = Exchange()
    let order = try exchange.submit(.terms(.buy, "20", at: "100.25"), at: time(5))
    #expect(order.state == .open && order.filledQuantity == .zero && order.leaves == 20)
    #expect(order.createdAt == time(5) && order.updatedAt == time(5))
    #expect(exchange.reports.map(\.type) == [.accepted])
    #expect(exchange.reports.map(\.sequence) == [1])
    #expect(exchange.reports.map(\.order) == [order])
  }

  @Test(
    "what cannot be traded is an order all the same, rejected and reported",
    arguments: [
      ("15", "100.25", lots, RejectReason.offGrid), ("20", "100.255", lots, .offGrid),
      ("99999999999999999990", "99", lots, .offGrid), ("20", "100.25", nil, .unknownSymbol),
    ])
  func rejections(
    quantity: String, price: String, instrument: Instrument?, reason: RejectReason
  ) throws {
    var exchange = Exchange()
    let order = try exchange.submit(
      .terms(.sell, quantity, at: price), instrument: instrument)
    #expect(order.state == .rejected && order.rejectReason == reason && order.leaves == .zero)
    #expect(exchange.reports.map(\.type) == [.rejected])
    #expect(exchange.working.isEmpty)
  }

  @Test("what arrives after its time is refused for ever, whatever else is wrong with it")
  func tooLate() throws {
    var exchange = Exchange()
    let terms = try OrderTerms.terms(.buy, "15", at: "100")
    try exchange.submit(
      .terms(.buy, "10", at: "100"), name: "a", receiveUntil: time(5), at: time(5))
    let late = SubmitOrderRejection.tooLate(receiveUntil: time(5), now: time(6))
    #expect(throws: late) {
      try exchange.submit(terms, name: "a", receiveUntil: time(5), at: time(6))
    }
    #expect(exchange.orders.count == 1 && exchange.reports.count == 1)
    #expect("\(late)".contains("2026-01-01T00:00:05Z") && "\(late)".contains("00:00:06Z"))
  }

  @Test("a name is taken while its order works, by account, and free again after that")
  func duplicates() throws {
    var exchange = Exchange()
    let terms = try OrderTerms.terms(.buy, "10", at: "100")
    let first = try exchange.submit(terms, name: "a")
    #expect(throws: SubmitOrderRejection.duplicate(ClientOrderID(rawValue: "a"), first.id)) {
      try exchange.submit(terms, name: "a")
    }
    try exchange.submit(terms, account: "other", name: "a")
    _ = exchange.cancel(first.id)
    let second = try exchange.submit(terms, name: "a")
    #expect(second.id != first.id && second.state == .open)
    #expect(exchange.orders.count == 3)
  }

  @Test func anOrderWhoseTimeIsOverIsTakenAndEnds() throws {
    var exchange = Exchange()
    let order = try exchange.submit(.terms(.buy, "10", at: "100", until: time(0)))
    #expect(order.state == .expired)
    #expect(exchange.reports.map(\.type) == [.accepted, .expired])
    #expect(exchange.reports.map(\.sequence) == [1, 2])
  }

  @Test(arguments: [("0", "1"), ("1", "0"), ("0.0000000001", "0.0000000001")])
  func aGridHasStepsWhoseProductsAreExact(increment: String, lot: String) throws {
    #expect(
      Instrument(
        symbol: Symbol(rawValue: "FB"), priceIncrement: try Decimal(increment),
        lotSize: try Decimal(lot)) == nil)
  }
}
