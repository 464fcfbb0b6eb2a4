import BrokerContract
import Core
import ExchangeContract
import Postgres
import Synchronization
import TestSupport
import Testing

/// Orders of many at two replicas, over a network that loses half of all calls or their answers.
@Suite struct RandomTrafficTests {
  @Test(
    "whatever is lost, each order is at the exchange once at most, and all agree in the end",
    arguments: [1, 2, 3] as [UInt64])
  func traffic(_ seed: UInt64) async throws {
    let first = try await BrokerFixture()
    let second = try await BrokerFixture(beside: first)
    first.exchange.network.loseAtRandom(SeededGenerator(seed: seed))
    let requests = try requests(at: first.clock.now)
    try await first.running {
      try await second.running {
        try await trade(requests, first, second, seed)
        first.exchange.network.loseAtRandom(nil)
        try await eventually {
          first.clock.advance(by: .seconds(1))
          try first.exchange.fillAll(at: 99)
          return try await first.count(
            """
            SELECT count(*) FROM broker.routed_orders
            WHERE state IN ('PENDING_NEW', 'OPEN', 'PARTIALLY_FILLED')
            """) == 0
        }
      }
    }
    try await audit(requests, first)
  }

  /// Some that the exchange does not take, and some whose time is over soon.
  private func requests(at now: Instant) throws -> [BrokerV1.RouteOrderRequest] {
    try (0..<60).map { index in
      let expiresAt = index % 4 == 0 ? now + .seconds(10 + index) : nil
      return try .order(symbol: index % 15 == 0 ? "NONE" : "FB", expiresAt: expiresAt)
    }
  }

  /// Each order is routed, maybe twice, and maybe canceled, at either replica.
  private func trade(
    _ requests: [BrokerV1.RouteOrderRequest], _ first: BrokerFixture, _ second: BrokerFixture,
    _ seed: UInt64
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<6 {
        group.addTask {
          var random = SeededGenerator(seed: seed * 100 + UInt64(lane))
          for index in stride(from: lane, to: requests.count, by: 6) {
            let request = requests[index]
            let replica = Bool.random(using: &random) ? first : second
            if Int.random(in: 0..<10, using: &random) == 0 { _ = try await replica.cancel(request) }
            _ = try await replica.route(request)
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: _ = try await second.cancel(request)
            case 2: _ = try await first.route(request)
            case 3: first.exchange.breakStreams()
            // One that is not there, or over, is not traded.
            case 4, 5: try? first.exchange.fill(request.clientOrderID, 3, at: 98)
            default: break
            }
            first.clock.advance(by: .milliseconds(Int64.random(in: 0...900, using: &random)))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private func audit(
    _ requests: [BrokerV1.RouteOrderRequest], _ fixture: BrokerFixture
  ) async throws {
    #expect(fixture.exchange.isSafe)
    #expect(try await fixture.count("SELECT count(*) FROM broker.refused_reports") == 0)
    let events = try await fixture.events()
    #expect(events.map(\.sequence) == Array(1...Int64(events.count)))
    let reported = events.map(\.reportSequence).filter { $0 > 0 }
    #expect(reported == Array(1...Int64(reported.count)))
    #expect(reported.count == fixture.exchange.state.withLock(\.reports.count))
    var (resubmitted, neverThere) = (0, 0)
    for request in requests {
      let order = try await fixture.order(request.clientOrderID)
      let own = events.filter { $0.clientOrderID == request.clientOrderID }
      #expect(own.last?.order == order)
      #expect(own.compactMap(\.lastQuantity).reduce(.zero, +) == order.filledQuantity)
      resubmitted += order.submissions > 1 ? 1 : 0
      #expect(fixture.exchange.count(of: request.clientOrderID) <= 1)
      guard let there = fixture.exchange.order(request.clientOrderID) else {
        #expect(order.status == .canceled || order.status == .expired)
        #expect(order.exchangeOrderID.isEmpty && own.count == 1)
        neverThere += 1
        continue
      }
      #expect(order.exchangeOrderID == there.exchangeOrderID)
      #expect(order.filledQuantity == there.filledQuantity)
      #expect(order.filledNotional == there.filledNotional)
      #expect("\(order.status)" == "\(there.status)")
    }
    // It was about something.
    #expect(resubmitted > 0 && neverThere > 0)
  }
}
