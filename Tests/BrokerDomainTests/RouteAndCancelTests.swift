import Core
import Testing

@testable import BrokerDomain

@Suite("RouteOrder and CancelOrder")
struct RouteAndCancelTests {
  @Test("a new order is pending on its first submission")
  func new() throws {
    let order = try Make.pending()
    #expect(order.state == .pendingNew && order.submissions == 1 && order.version == 1)
    #expect(order.receiveUntil == Make.now + Make.window && order.isUnresolved)
  }

  @Test("an order whose time is over ends at once")
  func expired() throws {
    for (expiresAt, isOver) in [(Make.now, true), (Make.now + .microseconds(1), false)] {
      let terms = try Make.terms(expiresAt: expiresAt)
      switch try RouteOrder.decide(terms, existing: nil, window: Make.window, at: Make.now) {
      case .expire(let change):
        #expect(isOver && change.order.state == .expired && change.order.submissions == 0)
        #expect(change.event?.type == .expired && change.event?.reportSequence == 0)
      case .submit: #expect(!isOver)
      case .repeated: Issue.record("there was none before")
      }
    }
  }

  @Test("an order that has arrived is answered as it stands, in every state")
  func repeated() throws {
    for state in RoutedOrderState.allCases {
      let order = try Make.order(state)
      let decision = try RouteOrder.decide(
        order.terms, existing: order, window: Make.window, at: Make.now)
      #expect(decision == .repeated(order))
    }
  }

  @Test("other terms are refused, and the one that differs is named")
  func otherTerms() throws {
    let order = try Make.pending()
    for (field, terms) in [
      ("connection_id", try Make.terms(connection: "b")),
      ("account_id", try Make.terms(account: "a2")), ("symbol", try Make.terms(symbol: "AAPL")),
      ("side", try Make.terms(side: .sell)), ("quantity", try Make.terms("11")),
      ("worst_price", try Make.terms(at: "101")),
      ("expires_at", try Make.terms(expiresAt: Make.now + .seconds(9))),
    ] {
      let differ = TermsDiffer(id: order.id, field: field)
      #expect(throws: differ) {
        try RouteOrder.decide(terms, existing: order, window: Make.window, at: Make.now)
      }
      #expect(throws: differ) { try CancelOrder.decide(terms, existing: order, at: Make.now) }
    }
  }

  @Test("a wish to cancel, in every state, for the first time and again")
  func cancel() throws {
    for state in RoutedOrderState.allCases {
      for isRequested in [false, true] {
        let order = try Make.order(state, isCancelRequested: isRequested)
        let decision = try CancelOrder.decide(order.terms, existing: order, at: Make.now)
        switch (state, isRequested) {
        case (.pendingNew, false):
          guard case .request(let change) = decision else {
            Issue.record("\(decision)")
            continue
          }
          #expect(change.order.isCancelRequested && change.order.state == .pendingNew)
          #expect(change.order.version == order.version + 1 && change.event == nil)
        case (.open, false), (.partiallyFilled, false):
          guard case .send(let change, let id) = decision else {
            Issue.record("\(decision)")
            continue
          }
          #expect(change.order.isCancelRequested && change.order.state == state)
          #expect(change.order.isUnresolved && change.event == nil && id == Make.exchangeOrderID)
        case (.open, true), (.partiallyFilled, true):
          #expect(decision == .sendAgain(order, Make.exchangeOrderID))
        case (.pendingNew, true), (.filled, _), (.canceled, _), (.rejected, _), (.expired, _):
          #expect(decision == .noted(order))
        }
      }
    }
  }

  @Test("an order that has not arrived is marked, so that it never is sent")
  func mark() throws {
    let terms = try Make.terms()
    guard
      case .mark(let change) = try CancelOrder.decide(terms, existing: nil, at: Make.now)
    else {
      Issue.record("no mark is left")
      return
    }
    #expect(change.order.state == .canceled && change.order.submissions == 0)
    #expect(change.event?.type == .canceled && !change.order.isUnresolved)
    let late = try RouteOrder.decide(
      terms, existing: change.order, window: Make.window, at: Make.now)
    #expect(late == .repeated(change.order))
  }

  @Test("names of connections")
  func connectionNames() {
    for name in ["sim", "a", "a-1", String(repeating: "a", count: 32)] {
      #expect(ConnectionID(name: name)?.rawValue == name)
    }
    for name in ["", "1a", "-a", "Sim", "a_b", "a b", "é", String(repeating: "a", count: 33)] {
      #expect(ConnectionID(name: name) == nil, "\(name)")
    }
  }
}
