import Core
import Testing

@testable import TradingDomain

@Suite("FillOrder, CancelOrder, OpenOrder")
struct FillOrderTests {
  static let fees = FeeSchedule(rate: Decimal(unscaled: 1, scale: 4) ?? 0, scale: 4) ?? .free

  /// What a book with this quote executes for the order.
  static func execution(_ order: Order, _ size: String, at price: String) throws -> Execution {
    var book = PaperBook(symbol: Make.symbol)
    book.insert(order)
    book.update(try Make.quote(3, bid: price, size, ask: price, size))
    return try #require(book.match().first).execution
  }

  static func fill(_ order: Order, _ execution: Execution) throws -> Change {
    try FillOrder.decide(
      execution, of: order, in: try Make.account(with: order),
      tradeID: TradeID(rawValue: "trade-1"), at: Make.now + .seconds(9))
  }

  @Test("a partial fill moves order, position, reservation and both sequences together")
  func partialFill() throws {
    let order = try Make.order(.buy, "10", at: "100", fees: Self.fees)
    let change = try Self.fill(order, try Self.execution(order, "4", at: "99.99"))
    #expect(change.order.state == .partiallyFilled)
    #expect(change.order.filledQuantity == 4)
    #expect(change.order.filledNotional == (try Decimal("399.96")))
    #expect(change.order.averagePrice == (try Decimal("99.99")))
    #expect(change.account.openNotional == 600)
    let holding = change.account.holding(of: Make.symbol)
    #expect(holding.openBuyQuantity == 6)
    #expect(holding.position.quantity == 4)
    #expect(holding.position.cost == (try Decimal("399.96")))
    // One basis point of 399.96 is 0.039996, rounded up to four digits.
    #expect(holding.position.fees == (try Decimal("0.04")))
    let trade = try #require(change.trade)
    #expect(trade.fee == (try Decimal("0.04")))
    #expect(trade.sequence == 1 && trade.quoteSequence == 3)
    #expect(trade.venueTradeID == "PAPER-AAPL-3-BUY-0")
    let event = try #require(change.event)
    #expect(event.type == .partiallyFilled)
    #expect(event.price == (try Make.price("99.99")))
    #expect(event.sequence == 2)
    #expect(change.account.version == 3)
    #expect(change.account.workingOrders == 1)
    // The fills so far, six at the limit, and the fee on both: 0.099996, rounded up.
    #expect(change.order.feesCharged == (try Decimal("0.04")))
    #expect(change.order.reservationTotal == (try Decimal("1000.06")))
  }

  @Test("the last fill ends the order and leaves nothing reserved")
  func lastFill() throws {
    let order = try Make.order(
      .sell, "10", at: "100", filled: "4", filledNotional: "404", reserved: "10")
    let change = try Self.fill(order, try Self.execution(order, "50", at: "102"))
    #expect(change.order.state == .filled)
    #expect(change.order.averagePrice == (try Decimal("101.6")))
    #expect(change.account.openNotional == 0)
    #expect(change.account.holding(of: Make.symbol).openSellQuantity == 0)
    #expect(change.account.holding(of: Make.symbol).position.quantity == -6)
    #expect(change.event?.type == .filled)
    #expect(change.order.reservationTotal == 10)
    #expect(change.account.workingOrders == 0)
  }

  @Test("what the stored order does not allow is not booked")
  func refusals() throws {
    let order = try Make.order(.buy, "10", at: "100")
    let execution = try Self.execution(order, "10", at: "100")
    let partly = try Make.order(.buy, "10", at: "100", filled: "4", filledNotional: "400")
    #expect(throws: FillRejection.exceedsLeaves(10, leaves: 6)) {
      try Self.fill(partly, execution)
    }
    let stricter = try Make.order(.buy, "10", at: "99")
    #expect(
      throws: FillRejection.worseThanLimit(try Make.price("100"), limit: try Make.price("99"))
    ) { try Self.fill(stricter, execution) }
    #expect(throws: FillRejection.anotherOrder) {
      try Self.fill(try Make.order(.sell, "10", at: "99"), execution)
    }
    for state in OrderState.allCases
    where state.isFinal || state == .pendingReplace {
      let over = try Make.order(.buy, "10", at: "100", state: state)
      #expect(throws: FillRejection.illegal(IllegalTransition(state: state, transition: .fill))) {
        try Self.fill(over, execution)
      }
    }
  }

  @Test("fees round up and are free when the rate is zero")
  func fees() throws {
    let free = try Make.order(.buy, "10", at: "100")
    let execution = try Self.execution(free, "1", at: "0.01")
    #expect(try Self.fill(free, execution).trade?.fee == 0)
    let order = try Make.order(.buy, "10", at: "100", fees: Self.fees)
    #expect(try Self.fill(order, execution).trade?.fee == (try Decimal("0.0001")))
    #expect(FeeSchedule(rate: 2, scale: 4) == nil)
    #expect(FeeSchedule(rate: 0, scale: 19) == nil)
  }

  @Test("canceling releases what is left, answers a repetition, and refuses what is over")
  func cancel() throws {
    for state in OrderState.allCases {
      let order = try Make.order(
        .buy, "10", at: "100", state: state, filled: state == .partiallyFilled ? "4" : "0",
        filledNotional: state == .partiallyFilled ? "400" : "0")
      let account = try Make.account(with: order)
      switch state {
      case .pendingNew, .open, .partiallyFilled, .pendingReplace:
        let change = try #require(try CancelOrder.decide(order, of: account, at: Make.now))
        #expect(change.order.state == .canceled)
        #expect(change.account.openNotional == 0)
        #expect(change.account.holding(of: Make.symbol).openBuyQuantity == 0)
        #expect(change.event?.type == .cancelled)
        #expect(change.event?.sequence == 2)
      case .pendingCancel:
        // Only an order at a broker stands so, and the broker is asked already.
        #expect(try CancelOrder.decide(order, of: account, at: Make.now) == nil)
      case .canceled:
        #expect(try CancelOrder.decide(order, of: account, at: Make.now) == nil)
      case .new, .filled, .rejected, .expired:
        #expect(throws: CancelOrderRejection.final(state)) {
          try CancelOrder.decide(order, of: account, at: Make.now)
        }
      }
    }
  }

  @Test("an order ends when its time is over, and not before; only one that has a time")
  func expiry() throws {
    let over = Make.now + .seconds(60)
    for state in OrderState.allCases {
      let order = try Make.order(.buy, "10", state: state, protection: "105", reserved: "1050")
      let account = try Make.account(with: order)
      #expect(ExpireOrder.decide(order, of: account, at: over - .microseconds(1)) == nil)
      guard order.isWorking else {
        #expect(ExpireOrder.decide(order, of: account, at: over) == nil)
        continue
      }
      let change = try #require(ExpireOrder.decide(order, of: account, at: over))
      #expect(change.order.state == .expired && change.event?.type == .expired)
      #expect(change.account.openNotional == 0 && change.account.workingOrders == 0)
      #expect(change.order.reservationTotal == 0)
    }
    let limit = try Make.order(.buy, "10", at: "100")
    let account = try Make.account(with: limit)
    #expect(ExpireOrder.decide(limit, of: account, at: over + .seconds(1_000_000)) == nil)
  }

  @Test("the venue opens an order, or refuses a MARKET order without a market")
  func open() throws {
    let limit = try Make.order(.buy, "10", at: "100", state: .pendingNew)
    let market = try Make.order(.buy, "10", state: .pendingNew)
    for (order, hasMarket) in [(limit, true), (limit, false), (market, true)] {
      let change = try OpenOrder.decide(
        order, of: try Make.account(with: order), hasMarket: hasMarket, shortage: nil, at: Make.now)
      #expect(change.order.state == .open)
      #expect(change.event?.type == .created)
      #expect(change.account.openNotional == 1000)
    }
    let refused = try OpenOrder.decide(
      market, of: try Make.account(with: market), hasMarket: false, shortage: nil, at: Make.now)
    #expect(refused.order.state == .rejected)
    #expect(refused.order.rejectReason == .noMarket)
    #expect(refused.event?.type == .rejected)
    #expect(refused.account.openNotional == 0)
    let shortage = FundsShortage(asset: limit.giveAsset, requested: 1000, available: 1)
    let poor = try OpenOrder.decide(
      limit, of: try Make.account(with: limit), hasMarket: true, shortage: shortage, at: Make.now)
    #expect(poor.order.state == .rejected && poor.order.rejectReason == .insufficientFunds)
    #expect(poor.order.shortage == shortage && poor.order.reservationTotal == 0)
    #expect(poor.event?.type == .rejected && poor.account.openNotional == 0)
    #expect(throws: IllegalTransition(state: .canceled, transition: .open)) {
      let canceled = try Make.order(.buy, "10", at: "100", state: .canceled)
      return try OpenOrder.decide(
        canceled, of: try Make.account(with: canceled), hasMarket: true, shortage: nil, at: Make.now
      )
    }
  }
}
