import Core
import Testing

@testable import TradingDomain

/// What is decided about orders that a broker executes.
@Suite("Routed orders")
struct RoutedOrderTests {
  static let later = Make.now + .seconds(9)
  static let fees = FeeSchedule(rate: Decimal(unscaled: 1, scale: 4) ?? 0, scale: 4) ?? .free

  static func order(
    _ state: OrderState, filled: String = "0", isRouted: Bool = true
  ) throws -> Order {
    try Make.order(
      .buy, "10", at: "100", state: state, filled: filled,
      filledNotional: filled == "0" ? "0" : "\(filled)00", fees: fees,
      charged: filled == "0" ? "0" : "0.0\(filled)", reserved: "1000.1",
      connection: Make.connection, isRouted: isRouted)
  }

  static func execution(
    _ quantity: String, at price: String = "99.5", side: OrderSide = .buy, name: String = "sim-e1"
  ) throws -> Execution {
    Execution(
      symbol: Make.symbol, side: side, quantity: try Make.quantity(quantity),
      price: try Make.price(price), quoteSequence: 0, venueTradeID: name,
      executedAt: Make.now + .seconds(3))
  }

  static func report(
    _ kind: BrokerReport.Kind, filled: Decimal = 0, by connection: ConnectionID = Make.connection
  ) -> BrokerReport {
    BrokerReport(connectionID: connection, kind: kind, filledQuantity: filled)
  }

  static func trade(
    _ quantity: String, filled: Decimal, at price: String = "99.5", side: OrderSide = .buy
  ) throws -> BrokerReport {
    report(
      .traded(
        try execution(quantity, at: price, side: side), as: TradeID(rawValue: "trade-1")),
      filled: filled)
  }

  static func decide(_ report: BrokerReport, _ order: Order) throws -> [Change] {
    try report.decide(order, of: try Make.account(with: order), at: later)
  }

  @Test("what is executed elsewhere is decided when the order is placed, and kept")
  func placement() throws {
    let routing = Routing(symbols: [Make.symbol], connection: Make.connection)
    let other = Routing(symbols: [Symbol(rawValue: "MSFT")], connection: Make.connection)
    let instrument = try Make.instrument()
    for (routing, connection) in [(routing, Make.connection), (other, nil), (nil, nil)] {
      let change = try Make.place(.buy, "10", at: "100").decide(
        for: try Make.account(), among: [instrument.symbol: instrument], quote: nil,
        venue: try Make.venue(), routing: routing, id: OrderID(rawValue: "o"), at: Make.now)
      #expect(change.order.connectionID == connection)
      #expect(change.order.routedAt == nil && change.order.state == .pendingNew)
    }
  }

  @Test("an order is given over once, while it is pending, and only one that is executed elsewhere")
  func givenOver() throws {
    for state in OrderState.allCases {
      let order = try Self.order(state, isRouted: false)
      let account = try Make.account(with: order)
      let change = RouteOrder.decide(order, of: account, at: Self.later)
      guard state == .pendingNew else {
        #expect(change == nil, "\(state)")
        continue
      }
      let routed = try #require(change)
      #expect(routed.order.state == .pendingNew && routed.order.routedAt == Self.later)
      #expect(routed.order.version == order.version + 1 && routed.routes)
      #expect(routed.event == nil && routed.trade == nil && !routed.changesTerms)
      #expect(routed.account.openNotional == account.openNotional)
      #expect(routed.account.version == account.version + 1)
      #expect(RouteOrder.decide(routed.order, of: routed.account, at: Self.later) == nil)
    }
    let paper = try Make.order(.buy, "10", at: "100", state: .pendingNew)
    #expect(RouteOrder.decide(paper, of: try Make.account(with: paper), at: Self.later) == nil)
  }

  @Test("an order at the broker is not canceled, amended or expired here: its end is asked for")
  func endsAtTheBroker() throws {
    for state in [OrderState.pendingNew, .open, .partiallyFilled] {
      let order = try Self.order(state, filled: state == .partiallyFilled ? "4" : "0")
      let account = try Make.account(with: order)
      let change = try #require(try CancelOrder.decide(order, of: account, at: Self.later))
      #expect(change.order.state == .pendingCancel && change.event == nil)
      #expect(change.order.version == order.version + 1)
      // Until the end is told it may trade, and all of it stays reserved.
      #expect(change.order.reservationTotal == order.reservationTotal)
      #expect(change.account.openNotional == account.openNotional)
      #expect(change.account.workingOrders == 1)
      #expect(change.account.orderEventSequence == account.orderEventSequence)
      #expect(try CancelOrder.decide(change.order, of: change.account, at: Self.later) == nil)
      #expect(throws: AmendOrderRejection.atBroker(Make.connection)) {
        try AmendOrderTests.amend(order, "11")
      }
    }
    // The broker has not heard of it: it ends at once.
    let waiting = try Self.order(.pendingNew, isRouted: false)
    let account = try Make.account(with: waiting)
    let canceled = try #require(try CancelOrder.decide(waiting, of: account, at: Self.later))
    #expect(canceled.order.state == .canceled && canceled.event?.type == .cancelled)
    #expect(throws: AmendOrderRejection.atBroker(Make.connection)) {
      try AmendOrderTests.amend(waiting, "11")
    }
    let over = Make.now + .seconds(60)
    for isRouted in [false, true] {
      let market = try Make.order(
        .buy, "10", state: .pendingNew, protection: "105", reserved: "1050",
        connection: Make.connection, isRouted: isRouted)
      let expired = ExpireOrder.decide(market, of: try Make.account(with: market), at: over)
      #expect((expired == nil) == isRouted)
    }
  }

  @Test("that the exchange has it opens a pending order, and is no news of any other")
  func accepted() throws {
    for state in OrderState.allCases where state != .new && state != .pendingReplace {
      let changes = try Self.decide(Self.report(.accepted), try Self.order(state))
      guard state == .pendingNew else {
        #expect(changes.isEmpty, "\(state)")
        continue
      }
      let change = try #require(changes.first)
      #expect(changes.count == 1 && change.order.state == .open)
      #expect(change.event?.type == .created && change.event?.price == change.order.limitPrice)
      #expect(change.account.openNotional == 1000)
    }
  }

  @Test("an end that is told ends the order, once, with what it has traded")
  func ends() throws {
    let ends: [(BrokerReport.Kind, OrderState, OrderEventType)] = [
      (.canceled, .canceled, .cancelled), (.expired, .expired, .expired),
    ]
    for (kind, final, event) in ends {
      for (state, filled) in [
        (OrderState.pendingNew, "0"), (.open, "0"), (.partiallyFilled, "4"), (.pendingCancel, "0"),
        (.pendingCancel, "4"),
      ] {
        let order = try Self.order(state, filled: filled)
        let done = try Decimal(filled)
        let changes = try Self.decide(Self.report(kind, filled: done), order)
        let change = try #require(changes.first)
        #expect(changes.count == 1 && change.order.state == final)
        #expect(change.event?.type == event && change.event?.sequence == 2)
        #expect(change.account.openNotional == 0 && change.account.workingOrders == 0)
        #expect(change.order.reservationTotal == order.filledNotional + order.feesCharged)
        #expect(try Self.decide(Self.report(kind, filled: done), change.order).isEmpty)
        // The exchange has traded more than is booked: the missing trade is still to come, or was lost.
        #expect(throws: BrokerReportRejection.quantityDiffers(done + 1, expected: done)) {
          try Self.decide(Self.report(kind, filled: done + 1), order)
        }
      }
      #expect(
        throws: BrokerReportRejection.illegal(
          IllegalTransition(
            state: .filled, transition: kind == .canceled ? .cancel : .expire))
      ) {
        try Self.decide(Self.report(kind, filled: 10), try Self.order(.filled, filled: "10"))
      }
    }
  }

  @Test(
    "of what an exchange says as much is kept as has room", arguments: [0, 1, 256, 257, 10_000])
  func words(count: Int) throws {
    let words = String(repeating: "ä", count: count)
    let change = try Self.decide(Self.report(.rejected(words)), Self.order(.pendingNew)).first
    #expect(change?.order.rejectDetail == (count == 0 ? nil : String(words.prefix(256))))
  }

  @Test("an exchange's letter with very many marks has no more room in the database than others")
  func marks() throws {
    let words = "e" + String(repeating: "\u{301}", count: 10_000)
    let change = try Self.decide(Self.report(.rejected(words)), Self.order(.pendingNew)).first
    #expect(change?.order.rejectDetail?.unicodeScalars.count == 256)
  }

  @Test("a rejection ends what is pending, and nothing that was taken")
  func rejected() throws {
    for state in [OrderState.pendingNew, .pendingCancel] {
      let change = try #require(
        try Self.decide(Self.report(.rejected("OFF_GRID")), Self.order(state)).first)
      #expect(change.order.state == .rejected && change.order.rejectReason == .brokerRejected)
      #expect(change.order.rejectDetail == "OFF_GRID")
      #expect(change.order.reservationTotal == 0 && change.event?.type == .rejected)
      #expect(change.account.openNotional == 0 && change.order.shortage == nil)
      #expect(try Self.decide(Self.report(.rejected("OFF_GRID")), change.order).isEmpty)
    }
    #expect(
      throws: BrokerReportRejection.illegal(IllegalTransition(state: .open, transition: .reject))
    ) { try Self.decide(Self.report(.rejected("OFF_GRID")), try Self.order(.open)) }
    #expect(throws: BrokerReportRejection.quantityDiffers(4, expected: 0)) {
      try Self.decide(
        Self.report(.rejected("OFF_GRID"), filled: 4), try Self.order(.pendingCancel, filled: "4"))
    }
  }

  @Test("a trade is booked as a fill, with the platform's fees and the exchange's name and time")
  func traded() throws {
    let order = try Self.order(.open)
    let changes = try Self.decide(try Self.trade("4", filled: 4), order)
    let change = try #require(changes.first)
    #expect(changes.count == 1 && change.order.state == .partiallyFilled)
    let trade = try #require(change.trade)
    #expect(trade.venueTradeID == "sim-e1" && trade.quoteSequence == 0)
    // One basis point of 398, rounded up to four digits.
    #expect(trade.fee == (try Decimal("0.0398")))
    #expect(trade.executedAt == Make.now + .seconds(3) && change.order.updatedAt == Self.later)
    #expect(change.event?.type == .partiallyFilled)
    #expect(change.order.reservationTotal == (try Decimal("998.0998")))
    #expect(change.account.openNotional == 600)
    let rest = try #require(try Self.decide(try Self.trade("10", filled: 10), order).first)
    #expect(rest.order.state == .filled && rest.event?.type == .filled)
    #expect(rest.order.reservationTotal == rest.order.filledNotional + rest.order.feesCharged)
  }

  @Test(
    "a trade of a pending order opens it first; one whose end is asked for stays so until it is filled"
  )
  func tradedWhilePending() throws {
    let pending = try Self.decide(try Self.trade("4", filled: 4), try Self.order(.pendingNew))
    #expect(pending.map(\.event?.type) == [.created, .partiallyFilled])
    #expect(pending.map(\.event?.sequence) == [2, 3])
    #expect(pending.map(\.order.state) == [.open, .partiallyFilled])
    #expect(pending.map(\.order.version) == [3, 4])
    let ending = try Self.order(.pendingCancel)
    let part = try #require(try Self.decide(try Self.trade("4", filled: 4), ending).first)
    #expect(part.order.state == .pendingCancel && part.event?.type == .partiallyFilled)
    #expect(part.account.openNotional == 600 && part.account.workingOrders == 1)
    let all = try #require(try Self.decide(try Self.trade("10", filled: 10), ending).first)
    #expect(all.order.state == .filled && all.account.workingOrders == 0)
  }

  @Test("a report that does not fit to its order is refused, with what differs")
  func refusals() throws {
    let other = ConnectionID(rawValue: "other")
    let open = try Self.order(.open)
    #expect(throws: BrokerReportRejection.anotherConnection(other, order: Make.connection)) {
      try Self.decide(Self.report(.accepted, by: other), open)
    }
    let paper = try Make.order(.buy, "10", at: "100")
    #expect(throws: BrokerReportRejection.anotherConnection(Make.connection, order: nil)) {
      try Self.decide(Self.report(.canceled), paper)
    }
    #expect(throws: BrokerReportRejection.notRouted) {
      try Self.decide(Self.report(.accepted), try Self.order(.pendingNew, isRouted: false))
    }
    #expect(throws: BrokerReportRejection.quantityDiffers(5, expected: 4)) {
      try Self.decide(try Self.trade("4", filled: 5), open)
    }
    #expect(throws: BrokerReportRejection.fill(.exceedsLeaves(11, leaves: 10))) {
      try Self.decide(try Self.trade("11", filled: 11), open)
    }
    let (worse, limit) = (try Make.price("100.01"), try Make.price("100"))
    #expect(throws: BrokerReportRejection.fill(.worseThanLimit(worse, limit: limit))) {
      try Self.decide(try Self.trade("1", filled: 1, at: "100.01"), open)
    }
    #expect(throws: BrokerReportRejection.fill(.anotherOrder)) {
      try Self.decide(try Self.trade("1", filled: 1, side: .sell), open)
    }
    for state in [OrderState.canceled, .rejected, .expired] {
      let illegal = IllegalTransition(state: state, transition: .fillPartially)
      #expect(throws: BrokerReportRejection.fill(.illegal(illegal))) {
        try Self.decide(try Self.trade("1", filled: 1), try Self.order(state))
      }
    }
  }

  @Test func connectionsAreNamedAsInTheContract() {
    for name in ["sim", "a", "x-1", String(repeating: "a", count: 32)] {
      #expect(ConnectionID(name)?.rawValue == name)
    }
    for name in ["", "Sim", "1a", "-a", "a_b", "é", String(repeating: "a", count: 33)] {
      #expect(ConnectionID(name) == nil, "\(name)")
    }
  }
}
