import BrokerContract
import Core
import ExchangeContract
import Observability
import Postgres
import Protobuf
import RPC
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import BrokerService

/// What the exchange reports, whatever becomes of the stream.
@Suite struct ReportTests {
  private func opened(_ fixture: BrokerFixture) async throws -> BrokerV1.RouteOrderRequest {
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    try await fixture.wait(for: request.clientOrderID, "OPEN")
    return request
  }

  private func reportSequence(_ fixture: BrokerFixture) async throws -> Int {
    try await fixture.count("SELECT report_sequence FROM broker.connections WHERE id = 'sim'")
  }

  @Test("a stream that breaks is opened again behind the last report that was taken")
  func brokenStream() async throws {
    let fixture = try await BrokerFixture()
    try await fixture.running {
      let request = try await opened(fixture)
      fixture.exchange.breakStreams()
      try fixture.exchange.fill(request.clientOrderID, 4, at: 99)
      try await fixture.wait(for: request.clientOrderID, "PARTIALLY_FILLED")
      fixture.exchange.breakStreams()
      fixture.exchange.expire(request.clientOrderID)
      try await fixture.wait(for: request.clientOrderID, "EXPIRED")
      #expect(try await fixture.order(request.clientOrderID).filledQuantity == 4)
    }
    #expect(fixture.exchange.state.withLock(\.watches) == [0, 1, 2])
    #expect(try await fixture.events().map(\.sequence) == [1, 2, 3])
    #expect(try await fixture.events().map(\.reportSequence) == [1, 2, 3])
  }

  @Test("a report that comes twice is taken once")
  func duplicates() async throws {
    let fixture = try await BrokerFixture()
    try await fixture.running {
      let request = try await opened(fixture)
      try fixture.exchange.fill(request.clientOrderID, 4, at: 99)
      for report in fixture.exchange.state.withLock(\.reports) { fixture.exchange.disturb(report) }
      try fixture.exchange.fill(request.clientOrderID, 6, at: 99)
      try await fixture.wait(for: request.clientOrderID, "FILLED")
    }
    #expect(try await fixture.events().map(\.eventType) == [.accepted, .trade, .trade])
    #expect(try await reportSequence(fixture) == 3)
    #expect(fixture.exchange.state.withLock(\.watches) == [0])
  }

  @Test(
    "a report that comes before the one that precedes it opens the stream anew, and is not applied")
  func gap() async throws {
    let fixture = try await BrokerFixture()
    try await fixture.running {
      let request = try await opened(fixture)
      fixture.exchange.setSilent(true)
      try fixture.exchange.fill(request.clientOrderID, 4, at: 99)
      try fixture.exchange.fill(request.clientOrderID, 6, at: 98)
      let reports = fixture.exchange.state.withLock(\.reports)
      fixture.exchange.disturb(try #require(reports.last))
      try await eventually { fixture.exchange.state.withLock(\.watches.count) >= 2 }
      #expect(try await fixture.stored(request.clientOrderID) == "OPEN")
      fixture.exchange.setSilent(false)
      try await fixture.wait(for: request.clientOrderID, "FILLED")
    }
    #expect(fixture.exchange.state.withLock(\.watches).dropFirst().allSatisfy { $0 == 1 })
    #expect(try await fixture.events().map(\.reportSequence) == [1, 2, 3])
    #expect(try await fixture.events().map(\.lastQuantity) == [nil, 4, 6])
  }

  @Test("two replicas read the same reports and tell of each once")
  func twoReplicas() async throws {
    let first = try await BrokerFixture()
    let second = try await BrokerFixture(beside: first)
    let requests = try (0..<10).map { _ in try BrokerV1.RouteOrderRequest.order() }
    try await first.running {
      try await second.running {
        for request in requests { _ = try await first.route(request) }
        for part in 1...5 {
          for request in requests {
            try first.exchange.fill(request.clientOrderID, 2, at: Decimal(90 + part))
          }
        }
        for request in requests { try await first.wait(for: request.clientOrderID, "FILLED") }
      }
    }
    let events = try await first.events()
    #expect(events.map(\.sequence) == Array(1...60))
    #expect(events.map(\.reportSequence) == Array(1...60))
    #expect(Set(events.map(\.eventID)).count == 60)
    for request in requests {
      let filled = events.filter { $0.clientOrderID == request.clientOrderID }
        .map { $0.order?.filledQuantity }
      #expect(filled == [0, 2, 4, 6, 8, 10])
    }
    #expect(try await reportSequence(first) == 60)
  }

  @Test("connections have reports and events of their own")
  func connections() async throws {
    let fixture = try await BrokerFixture(
      settings: BrokerFixture.eager.merging(["BROKER_CONNECTIONS": "sim,other"]) { $1 })
    let here = try BrokerV1.RouteOrderRequest.order()
    var there = try BrokerV1.RouteOrderRequest.order()
    there.connectionID = "other"
    let requests = [here, there]
    try await fixture.running {
      for request in requests { _ = try await fixture.route(request) }
      try fixture.exchange.fillAll(at: 99)
      for request in requests {
        try await fixture.wait(for: request.clientOrderID, "FILLED")
      }
    }
    let events = try await fixture.events()
    for request in requests {
      let own = events.filter { $0.connectionID == request.connectionID }
      #expect(own.map(\.clientOrderID) == [request.clientOrderID, request.clientOrderID])
      #expect(own.map(\.sequence) == [1, 2] && own.map(\.reportSequence) == [1, 2])
    }
  }

  @Test("orders of others at the exchange are passed over, whatever their names")
  func externalOrders() async throws {
    let fixture = try await BrokerFixture()
    try await fixture.running {
      for name in ["by hand", "", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"] {
        var order = ExchangeV1.ExchangeOrder()
        order.account = "sim"
        order.clientOrderID = name
        order.exchangeOrderID = UUIDv7.make(now: fixture.clock.now).description
        order.filledQuantity = .zero
        order.filledNotional = .zero
        fixture.exchange.report(.accepted, order)
      }
      _ = try await opened(fixture)
    }
    #expect(try await reportSequence(fixture) == 4)
    let events = try await fixture.events()
    #expect(events.map(\.sequence) == [1] && events.first?.reportSequence == 4)
    #expect(try await fixture.count("SELECT count(*) FROM broker.refused_reports") == 0)
  }

  @Test("an order that is there twice changes nothing, is put aside and counted; others go on")
  func strays() async throws {
    let fixture = try await BrokerFixture()
    try await fixture.running {
      let request = try await opened(fixture)
      var second = try #require(fixture.exchange.order(request.clientOrderID))
      second.exchangeOrderID = UUIDv7.make(now: fixture.clock.now).description
      fixture.exchange.report(.accepted, second)
      second.filledQuantity = 10
      second.filledNotional = 990
      second.status = .filled
      fixture.exchange.report(.trade, second) { report in
        report.executionID = "stray"
        report.lastQuantity = 10
        report.lastPrice = 99
      }
      try fixture.exchange.fill(request.clientOrderID, 4, at: 98)
      try await fixture.wait(for: request.clientOrderID, "PARTIALLY_FILLED")
      #expect(try await fixture.order(request.clientOrderID).filledQuantity == 4)
      let aside = try await fixture.service.database.pool.query(
        "SELECT sequence, is_stray, report FROM broker.refused_reports ORDER BY sequence")
      #expect(try aside.map { try $0.decode(Int64.self, "sequence") } == [2, 3])
      #expect(try aside.allSatisfy { try $0.decode(Bool.self, "is_stray") })
      let kept = try aside.map { row in
        try ExchangeV1.ExecutionReport(serialized: row.decode([UInt8].self, "report"))
      }
      #expect(kept == Array(fixture.exchange.state.withLock(\.reports)[1...2]))
      _ = try await opened(fixture)
    }
    let metrics = MetricsRegistry()
    metrics.showOrders(of: fixture.service.environment.database, clock: fixture.clock)
    let text = await metrics.prometheusText()
    // One order, of which there are two reports.
    #expect(text.contains("\nbroker_stray_orders 1\n"))
    #expect(text.contains("\nbroker_refused_reports 2\n"))
    #expect(text.contains("\nbroker_pending_orders 0\n"))
    #expect(try await fixture.events().map(\.reportSequence) == [1, 4, 5])
    #expect(try await fixture.events().map(\.sequence) == [1, 2, 3])
  }

  @Test("a report whose sums do not follow is put aside, and both sums are named")
  func contradictions() async throws {
    let fixture = try await BrokerFixture()
    try await fixture.running {
      let request = try await opened(fixture)
      var order = try #require(fixture.exchange.order(request.clientOrderID))
      order.filledQuantity = 5
      order.filledNotional = 495
      fixture.exchange.report(.trade, order) { report in
        report.executionID = "e"
        report.lastQuantity = 4
        report.lastPrice = 99
      }
      // Another is malformed: it says of no execution.
      fixture.exchange.report(.trade, order)
      _ = try await opened(fixture)
      let aside = try await fixture.service.database.pool.query(
        "SELECT reason, is_stray FROM broker.refused_reports ORDER BY sequence")
      #expect(
        try aside.map { try $0.decode(String.self, "reason") } == [
          "5 for 495 are reported as traded, and 4 for 396 follow from the reports before",
          "the report is malformed",
        ])
      #expect(try aside.allSatisfy { try !$0.decode(Bool.self, "is_stray") })
      #expect(try await fixture.stored(request.clientOrderID) == "OPEN")
    }
    #expect(try await reportSequence(fixture) == 4)
  }
}
