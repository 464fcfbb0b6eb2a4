import BrokerContract
import Core
import Postgres
import RPC
import Synchronization
import TestSupport
import Testing

@Suite struct CancelOrderTests {
  private static let late = BrokerFixture.window + .milliseconds(1)

  @Test("an order that has not arrived is marked, told of, and never sent")
  func beforeItArrives() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order()
    let marked = try await fixture.cancel(request)
    #expect(marked.status == .canceled && marked.cancelRequested && marked.submissions == 0)
    #expect(try await fixture.cancel(request) == marked)
    #expect(try await fixture.route(request) == marked)
    #expect(fixture.exchange.submissions.isEmpty)
    let events = try await fixture.events()
    #expect(events.map(\.eventType) == [.canceled] && events.first?.order == marked)
    #expect(events.first?.reportSequence == 0 && events.first?.sequence == 1)
  }

  @Test("of routing and canceling an order at once, either comes first and both agree")
  func race() async throws {
    let fixture = try await BrokerFixture()
    try await fixture.running {
      for _ in 0..<20 {
        let request = try BrokerV1.RouteOrderRequest.order()
        async let routed = fixture.route(request)
        async let canceled = fixture.cancel(request)
        _ = try await (routed, canceled)
        try await fixture.wait(for: request.clientOrderID, "CANCELED")
        let events = try await fixture.events(of: request.clientOrderID)
        let wasSent = fixture.exchange.count(of: request.clientOrderID) == 1
        #expect(events == (wasSent ? [.accepted, .canceled] : [.canceled]))
      }
    }
  }

  @Test("a working order is withdrawn, and its end comes as a report")
  func working() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    try await fixture.running {
      try await fixture.wait(for: request.clientOrderID, "OPEN")
      try fixture.exchange.fill(request.clientOrderID, 3, at: 99)
      try await fixture.wait(for: request.clientOrderID, "PARTIALLY_FILLED")
      let answer = try await fixture.cancel(request)
      #expect(answer.status == .canceled && answer.cancelRequested)
      try await fixture.wait(for: request.clientOrderID, "CANCELED")
    }
    let order = try await fixture.order(request.clientOrderID)
    #expect(order.filledQuantity == 3 && order.cancelRequested)
    #expect(try await fixture.cancel(request) == order)
    #expect(
      try await fixture.events(of: request.clientOrderID) == [.accepted, .trade, .canceled])
  }

  @Test("the wish of an order that is not known to be there waits until that is certain")
  func pendingAndAbsent() async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.network.loseRequests(of: "SubmitExchangeOrder", 1)
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    let asked = try await fixture.cancel(request)
    #expect(asked.status == .pendingNew && asked.cancelRequested && asked.version == 2)
    #expect(try await fixture.cancel(request) == asked)
    try await fixture.running {
      let looks = fixture.exchange.findCount
      try await eventually { fixture.exchange.findCount >= looks + 3 }
      #expect(try await fixture.stored(request.clientOrderID) == "PENDING_NEW")
      fixture.clock.advance(by: Self.late)
      try await fixture.wait(for: request.clientOrderID, "CANCELED")
    }
    #expect(fixture.exchange.submissions.isEmpty)
    let events = try await fixture.events()
    #expect(events.map(\.eventType) == [.canceled] && events.first?.reportSequence == 0)
  }

  @Test("the wish of an order that turns out to be there is carried out there")
  func pendingAndFound() async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.network.loseAnswers(of: "SubmitExchangeOrder", 1)
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    #expect(try await fixture.cancel(request).status == .pendingNew)
    try await fixture.running { try await fixture.wait(for: request.clientOrderID, "CANCELED") }
    #expect(try await fixture.events(of: request.clientOrderID) == [.accepted, .canceled])
    #expect(fixture.exchange.count(of: request.clientOrderID) == 1)
  }

  @Test("a withdrawal that did not arrive is repeated until the order has ended")
  func lostCancel() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    try await fixture.running {
      try await fixture.wait(for: request.clientOrderID, "OPEN")
      fixture.exchange.network.loseRequests(of: "CancelExchangeOrder", 3)
      let answer = try await fixture.cancel(request)
      #expect(answer.status == .open && answer.cancelRequested)
      try await fixture.wait(for: request.clientOrderID, "CANCELED")
    }
    #expect(fixture.exchange.network.calls(of: "CancelExchangeOrder") >= 4)
    #expect(fixture.exchange.state.withLock(\.cancelCount) >= 1)
    #expect(try await fixture.events(of: request.clientOrderID) == [.accepted, .canceled])
  }

  @Test("an order that is filled before its withdrawal arrives is filled")
  func filledFirst() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    try await fixture.running {
      try await fixture.wait(for: request.clientOrderID, "OPEN")
      fixture.exchange.setSilent(true)
      try fixture.exchange.fill(request.clientOrderID, 10, at: 99)
      #expect(try await fixture.cancel(request).status == .filled)
      #expect(try await fixture.stored(request.clientOrderID) == "OPEN")
      fixture.exchange.setSilent(false)
      try await fixture.wait(for: request.clientOrderID, "FILLED")
    }
    #expect(try await fixture.events(of: request.clientOrderID) == [.accepted, .trade])
  }

  @Test("an order that has ended is answered as it ended, and the exchange is not asked")
  func ended() async throws {
    let fixture = try await BrokerFixture()
    let rejected = try BrokerV1.RouteOrderRequest.order(symbol: "NONE")
    let expired = try BrokerV1.RouteOrderRequest.order(expiresAt: fixture.clock.now)
    let filled = try BrokerV1.RouteOrderRequest.order()
    for request in [rejected, expired, filled] { _ = try await fixture.route(request) }
    try fixture.exchange.fill(filled.clientOrderID, 10, at: 99)
    try await fixture.running {
      try await fixture.wait(for: rejected.clientOrderID, "REJECTED")
      try await fixture.wait(for: filled.clientOrderID, "FILLED")
    }
    for (request, status) in [
      (rejected, BrokerV1.RoutedOrderStatus.rejected), (expired, .expired), (filled, .filled),
    ] {
      let before = try await fixture.order(request.clientOrderID)
      let answer = try await fixture.cancel(request)
      #expect(answer.status == status && answer == before)
    }
    #expect(fixture.exchange.network.calls(of: "CancelExchangeOrder") == 0)
  }
}
