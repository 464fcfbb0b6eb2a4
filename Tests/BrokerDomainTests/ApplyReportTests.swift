import Core
import Testing

@testable import BrokerDomain

@Suite("ApplyReport")
struct ApplyReportTests {
  private let later = Make.now + .seconds(1)

  @Test("the first report names the order, and each moves it and tells of it")
  func life() throws {
    let pending = try Make.pending()
    let accepted = try ApplyReport.decide(Make.report(.accepted), of: pending, at: later)
    #expect(accepted.order.state == .open)
    #expect(accepted.order.exchangeOrderID == Make.exchangeOrderID)
    #expect(accepted.order.version == 2 && accepted.order.updatedAt == later)
    #expect(accepted.event?.type == .accepted && accepted.event?.reportSequence == 1)
    #expect(accepted.event?.time == Make.now + .seconds(7))

    let trade = Make.report(try Make.trade(4, at: 99), filled: 4, for: 396, sequence: 2)
    let partly = try ApplyReport.decide(trade, of: accepted.order, at: later)
    #expect(partly.order.state == .partiallyFilled)
    #expect(partly.order.filledQuantity == 4 && partly.order.filledNotional == 396)
    #expect(partly.event?.type == .trade && partly.event?.execution?.id == "e1")

    let rest = Make.report(try Make.trade(6, at: 98), filled: 10, for: 984, sequence: 3)
    #expect(try ApplyReport.decide(rest, of: partly.order, at: later).order.state == .filled)
    for (occurrence, state) in [
      (ExecutionReport.Occurrence.canceled, RoutedOrderState.canceled), (.expired, .expired),
    ] {
      let end = Make.report(occurrence, filled: 4, for: 396, sequence: 3)
      let ended = try ApplyReport.decide(end, of: partly.order, at: later)
      #expect(ended.order.state == state && ended.order.filledQuantity == 4)
    }
    let rejected = try ApplyReport.decide(
      Make.report(.rejected(reason: "OFF_GRID")), of: pending, at: later)
    #expect(rejected.order.state == .rejected && rejected.order.rejectReason == "OFF_GRID")
    #expect(rejected.event?.type == .rejected)
  }

  @Test("an exchange may tell of a trade before it confirms the order")
  func tradeFirst() throws {
    let trade = Make.report(try Make.trade(10, at: 99), filled: 10, for: 990)
    let change = try ApplyReport.decide(trade, of: Make.pending(), at: later)
    #expect(change.order.state == .filled && change.order.exchangeOrderID == Make.exchangeOrderID)
  }

  @Test("what happens in a state that does not have it is refused, in every state")
  func illegal() throws {
    for state in RoutedOrderState.allCases {
      let order = try Make.order(state)
      let (filled, notional) = (order.filledQuantity, order.filledNotional)
      for (occurrence, transition) in [
        (ExecutionReport.Occurrence.accepted, RoutedOrderTransition.accept),
        (.rejected(reason: "NO"), .reject), (.canceled, .cancel), (.expired, .expire),
      ] {
        let report = Make.report(occurrence, filled: filled, for: notional)
        if state.after(transition) == nil {
          #expect(
            throws: ReportRejection.illegal(
              IllegalTransition(state: state, transition: transition))
          ) { try ApplyReport.decide(report, of: order, at: later) }
        } else {
          let after = try ApplyReport.decide(report, of: order, at: later).order
          #expect(after.state == state.after(transition) && after.version == order.version + 1)
        }
      }
    }
  }

  @Test("sums that do not follow from those before are refused, and both are named")
  func sums() throws {
    let open = try Make.order(.open)
    for (filled, notional) in [(4, 397), (5, 396), (8, 792)] as [(Decimal, Decimal)] {
      let report = Make.report(try Make.trade(4, at: 99), filled: filled, for: notional)
      let rejection = ReportRejection.sumsDiffer(
        reported: Sums(quantity: filled, notional: notional),
        expected: Sums(quantity: 4, notional: 396))
      #expect(throws: rejection) { try ApplyReport.decide(report, of: open, at: later) }
      #expect(
        "\(rejection)"
          == "\(filled) for \(notional) are reported as traded, and 4 for 396 follow from the reports before"
      )
      #expect(!rejection.isStray)
    }
    let canceled = Make.report(.canceled, filled: 4, for: 396)
    #expect(
      throws: ReportRejection.sumsDiffer(
        reported: Sums(quantity: 4, notional: 396), expected: Sums(quantity: 0, notional: 0))
    ) { try ApplyReport.decide(canceled, of: open, at: later) }
  }

  @Test("more than the order's quantity is refused")
  func tooMuch() throws {
    let report = Make.report(try Make.trade(11, at: 99), filled: 11, for: 1089)
    #expect(throws: ReportRejection.exceedsQuantity(11, quantity: try Quantity(10))) {
      try ApplyReport.decide(report, of: Make.order(.open), at: later)
    }
  }

  @Test("a second order of the name, and one that had ended before it was there, are strays")
  func strays() throws {
    let other = ExchangeOrderID(rawValue: "x2")
    for state in RoutedOrderState.allCases where state != .pendingNew {
      let rejection = ReportRejection.anotherOrder(other, known: Make.exchangeOrderID)
      #expect(rejection.isStray)
      #expect(throws: rejection) {
        try ApplyReport.decide(Make.report(.accepted, id: other), of: Make.order(state), at: later)
      }
    }
    var ended = try Make.order(.canceled)
    ended.exchangeOrderID = nil
    let rejection = ReportRejection.unexpectedOrder(other, .canceled)
    #expect(rejection.isStray)
    #expect(throws: rejection) {
      try ApplyReport.decide(Make.report(.accepted, id: other), of: ended, at: later)
    }
  }

  @Test("a connection takes each report once and none before the one that precedes it")
  func cursor() throws {
    var connection = Connection(id: ConnectionID(rawValue: "sim"))
    #expect(throws: ReportGap(expected: 1, received: 2)) { try connection.take(report: 2) }
    #expect(try connection.take(report: 1))
    #expect(try !connection.take(report: 1))
    #expect(try connection.take(report: 2))
    #expect(try !connection.take(report: 1))
    #expect(connection.reportSequence == 2)
    #expect((1...3).map { _ in connection.drawEventSequence() } == [1, 2, 3])
  }
}
