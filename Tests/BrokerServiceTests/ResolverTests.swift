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

/// What becomes of orders whose answer did not come.
@Suite struct ResolverTests {
  private static let submit = "SubmitExchangeOrder"
  private static let find = "FindExchangeOrder"
  private static let late = BrokerFixture.window + .milliseconds(1)

  /// Waits until the resolver has asked so often from now on, and nothing came of it.
  private func waitForLooks(_ count: Int, at exchange: ScriptedExchange) async throws {
    let before = exchange.network.calls(of: Self.find)
    try await eventually { exchange.network.calls(of: Self.find) >= before + count }
  }

  @Test("a lost answer of an order that was taken is no second submission, however late it is")
  func lostAnswer() async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.network.loseAnswers(of: Self.submit, 1)
    // It is not told of either: only asking tells.
    fixture.exchange.setSilent(true)
    let request = try BrokerV1.RouteOrderRequest.order()
    #expect(try await fixture.route(request).status == .pendingNew)
    #expect(try await fixture.order(request.clientOrderID).status == .open)
    fixture.clock.advance(by: .seconds(3600))
    try await fixture.running {
      try await waitForLooks(5, at: fixture.exchange)
      #expect(try await fixture.stored(request.clientOrderID) == "PENDING_NEW")
      #expect(fixture.exchange.submissions.count == 1)
      fixture.exchange.setSilent(false)
      try await fixture.wait(for: request.clientOrderID, "OPEN")
    }
    let order = try await fixture.order(request.clientOrderID)
    #expect(order.submissions == 1 && order.version == 2)
    #expect(try await fixture.events(of: request.clientOrderID) == [.accepted])
    #expect(fixture.exchange.count(of: request.clientOrderID) == 1)
  }

  @Test("an order that was filled at once and whose answer was lost is not sent again")
  func lostAnswerOfAFill() async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.network.loseAnswers(of: Self.submit, 1)
    fixture.exchange.setSilent(true)
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    // The exchange would take a second order of this name now.
    try fixture.exchange.fill(request.clientOrderID, 10, at: 99)
    #expect(try await fixture.order(request.clientOrderID).status == .filled)
    fixture.clock.advance(by: Self.late)
    try await fixture.running {
      try await waitForLooks(5, at: fixture.exchange)
      #expect(fixture.exchange.submissions.count == 1)
      fixture.exchange.setSilent(false)
      try await fixture.wait(for: request.clientOrderID, "FILLED")
    }
    #expect(try await fixture.events(of: request.clientOrderID) == [.accepted, .trade])
    #expect(fixture.exchange.count(of: request.clientOrderID) == 1)
  }

  @Test("a lost request is sent again once it is certain that it was not taken, and not before")
  func lostRequest() async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.network.loseRequests(of: Self.submit, 1)
    let request = try BrokerV1.RouteOrderRequest.order()
    #expect(try await fixture.route(request).status == .pendingNew)
    try await fixture.running {
      // Up to the limit it might still be taken.
      fixture.clock.advance(by: BrokerFixture.window)
      try await waitForLooks(5, at: fixture.exchange)
      #expect(fixture.exchange.submissions.isEmpty)
      #expect(try await fixture.order(request.clientOrderID).submissions == 1)
      fixture.clock.advance(by: .milliseconds(1))
      try await fixture.wait(for: request.clientOrderID, "OPEN")
    }
    let order = try await fixture.order(request.clientOrderID)
    #expect(order.submissions == 2)
    #expect(fixture.exchange.network.calls(of: Self.submit) == 2)
    #expect(fixture.exchange.submissions.count == 1 && fixture.exchange.isSafe)
    #expect(fixture.exchange.count(of: request.clientOrderID) == 1)
    #expect(try await fixture.events(of: request.clientOrderID) == [.accepted])
  }

  @Test("a submission that arrives after its limit is refused, and the next one is taken")
  func lateArrival() async throws {
    let fixture = try await BrokerFixture()
    let (network, clock) = (fixture.exchange.network, fixture.clock)
    network.holdSubmissions()
    let request = try BrokerV1.RouteOrderRequest.order()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { _ = try await fixture.route(request) }
      try await eventually { network.heldCount == 1 }
      try await fixture.running {
        clock.advance(by: Self.late)
        // The second submission is under way, too; then both arrive.
        try await eventually { network.heldCount == 2 }
        network.release()
        try await fixture.wait(for: request.clientOrderID, "OPEN")
      }
      try await group.waitForAll()
    }
    #expect(fixture.exchange.submissions.count == 2 && fixture.exchange.isSafe)
    #expect(fixture.exchange.count(of: request.clientOrderID) == 1)
    #expect(try await fixture.order(request.clientOrderID).submissions == 2)
  }

  @Test("an order waits while the exchange is away, and is sent once when it is back")
  func exchangeAway() async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.network.setAway(true)
    let request = try BrokerV1.RouteOrderRequest.order()
    #expect(try await fixture.route(request).status == .pendingNew)
    #expect(try await fixture.order(request.clientOrderID).status == .pendingNew)
    fixture.clock.advance(by: .seconds(3600))
    let metrics = MetricsRegistry()
    metrics.showOrders(of: fixture.service.environment.database, clock: fixture.clock)
    let text = await metrics.prometheusText()
    #expect(text.contains("\nbroker_pending_orders 1\n"))
    #expect(text.contains("\nbroker_oldest_pending_order_age_seconds 3600\n"))
    try await fixture.running {
      try await waitForLooks(5, at: fixture.exchange)
      #expect(try await fixture.order(request.clientOrderID).submissions == 1)
      fixture.exchange.network.setAway(false)
      try await fixture.wait(for: request.clientOrderID, "OPEN")
    }
    #expect(fixture.exchange.submissions.count == 1)
    #expect(try await fixture.order(request.clientOrderID).submissions == 2)
  }

  @Test("an order that was refused as late is sent again, and not rejected")
  func refusedAsLate() async throws {
    let fixture = try await BrokerFixture()
    let tooLate = RPCError(
      .invalidArgument, "too late",
      details: [
        .errorInfo(reason: "REQUEST_TOO_LATE", domain: "exchange.alphintra.com", metadata: [:])
      ])
    fixture.exchange.state.withLock { $0.refusals = [tooLate] }
    let request = try BrokerV1.RouteOrderRequest.order()
    #expect(try await fixture.route(request).status == .pendingNew)
    fixture.clock.advance(by: Self.late)
    try await fixture.running { try await fixture.wait(for: request.clientOrderID, "OPEN") }
    #expect(fixture.exchange.isSafe && fixture.exchange.count(of: request.clientOrderID) == 1)
  }

  @Test(
    "no status but a broken rule ends an order: it stays pending",
    arguments: [
      StatusCode.unknown, .deadlineExceeded, .notFound, .alreadyExists, .permissionDenied,
      .resourceExhausted, .failedPrecondition, .aborted, .outOfRange, .unimplemented, .internal,
      .unavailable, .dataLoss, .unauthenticated, .cancelled,
    ])
  func unknownOutcomes(_ code: StatusCode) async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.state.withLock { $0.refusals = [RPCError(code, "who knows")] }
    let request = try BrokerV1.RouteOrderRequest.order()
    #expect(try await fixture.route(request).status == .pendingNew)
    #expect(try await fixture.stored(request.clientOrderID) == "PENDING_NEW")
    #expect(try await fixture.events().isEmpty)
  }

  @Test("an order whose time is over and that certainly is not there expires")
  func expiry() async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.network.loseRequests(of: Self.submit, 1)
    let request = try BrokerV1.RouteOrderRequest.order(
      expiresAt: fixture.clock.now + .seconds(2))
    _ = try await fixture.route(request)
    try await fixture.running {
      fixture.clock.advance(by: .seconds(3))
      try await waitForLooks(3, at: fixture.exchange)
      #expect(try await fixture.stored(request.clientOrderID) == "PENDING_NEW")
      fixture.clock.advance(by: Self.late)
      try await fixture.wait(for: request.clientOrderID, "EXPIRED")
    }
    #expect(fixture.exchange.submissions.isEmpty)
    let events = try await fixture.events()
    #expect(events.map(\.eventType) == [.expired] && events.first?.reportSequence == 0)
  }

  @Test("of two replicas that resolve the same orders one sends each")
  func twoReplicas() async throws {
    let first = try await BrokerFixture()
    let second = try await BrokerFixture(beside: first)
    first.exchange.network.loseRequests(of: Self.submit, 20)
    var ids: [String] = []
    for _ in 0..<20 {
      let request = try BrokerV1.RouteOrderRequest.order()
      _ = try await first.route(request)
      ids.append(request.clientOrderID)
    }
    first.clock.advance(by: Self.late)
    let all = ids
    try await first.running {
      try await second.running {
        for id in all { try await first.wait(for: id, "OPEN") }
      }
    }
    #expect(first.exchange.submissions.count == 20 && first.exchange.isSafe)
    #expect(first.exchange.network.calls(of: Self.submit) == 40)
    for id in all {
      #expect(try await first.order(id).submissions == 2)
      #expect(try await first.events(of: id) == [.accepted])
    }
  }

  @Test("an order that was stored by a process that died is sent by the next one, once")
  func restart() async throws {
    let first = try await BrokerFixture()
    // What died had stored the orders, and of one the request was on its way.
    first.exchange.network.loseRequests(of: Self.submit, 1)
    let lost = try BrokerV1.RouteOrderRequest.order()
    _ = try await first.route(lost)
    let taken = try BrokerV1.RouteOrderRequest.order()
    _ = try await first.route(taken)
    let second = try await BrokerFixture(beside: first)
    first.clock.advance(by: Self.late)
    try await second.running {
      try await second.wait(for: lost.clientOrderID, "OPEN")
      try await second.wait(for: taken.clientOrderID, "OPEN")
    }
    #expect(first.exchange.count(of: lost.clientOrderID) == 1)
    #expect(first.exchange.count(of: taken.clientOrderID) == 1)
    #expect(try await second.order(taken.clientOrderID).submissions == 1)
    #expect(try await second.events().map(\.sequence) == [1, 2])
  }

  @Test("more orders than a page holds all get their turn, though the first cannot be asked for")
  func pages() async throws {
    let fixture = try await BrokerFixture(
      settings: ["BROKER_RESOLVE_AGE": "0", "BROKER_RESOLVE_INTERVAL": "0.05"])
    let count = 130
    fixture.exchange.network.loseRequests(of: Self.submit, count)
    for _ in 0..<count { _ = try await fixture.route(.order()) }
    fixture.clock.advance(by: Self.late)
    // What is asked of the first page gets no answer.
    fixture.exchange.network.loseRequests(of: Self.find, 100)
    try await fixture.running {
      try await eventually {
        try await fixture.count("SELECT count(*) FROM broker.routed_orders WHERE state = 'OPEN'")
          == count
      }
    }
    #expect(fixture.exchange.submissions.count == count && fixture.exchange.isSafe)
  }

  @Test("a submission that the contract refuses on its second way ends the order, too")
  func refusedResubmission() async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.network.loseRequests(of: Self.submit, 1)
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    fixture.exchange.state.withLock { $0.refusals = [RPCError(.invalidArgument, "not so")] }
    fixture.clock.advance(by: Self.late)
    try await fixture.running { try await fixture.wait(for: request.clientOrderID, "REJECTED") }
    let order = try await fixture.order(request.clientOrderID)
    #expect(order.rejectReason == "INVALID_ARGUMENT" && order.submissions == 2)
    #expect(try await fixture.events(of: request.clientOrderID) == [.rejected])
  }
}
