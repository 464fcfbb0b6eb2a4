import BrokerContract
import Core
import ExchangeContract
import Postgres
import Protobuf
import RPC
import Synchronization
import Testing

@Suite struct RouteOrderTests {
  @Test(
    "an order is stored, sent once, answered as the exchange has it, and told of by the reports")
  func routing() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order()
    let answered = try await fixture.route(request)
    #expect(answered.status == .open && answered.submissions == 1 && answered.version == 1)
    #expect(
      answered.exchangeOrderID == fixture.exchange.order(request.clientOrderID)?.exchangeOrderID)
    // The row is changed by the reports alone.
    #expect(try await fixture.stored(request.clientOrderID) == "PENDING_NEW")
    #expect(try await fixture.order(request.clientOrderID).status == .open)
    try await fixture.running {
      try await fixture.wait(for: request.clientOrderID, "OPEN")
      try fixture.exchange.fill(request.clientOrderID, 4, at: 99)
      try fixture.exchange.fill(request.clientOrderID, 6, at: 98)
      try await fixture.wait(for: request.clientOrderID, "FILLED")
    }
    let order = try await fixture.order(request.clientOrderID)
    #expect(order.filledQuantity == 10 && order.filledNotional == 984 && order.version == 4)
    let events = try await fixture.events()
    #expect(events.map(\.eventType) == [.accepted, .trade, .trade])
    #expect(events.map(\.sequence) == [1, 2, 3])
    #expect(events.map(\.reportSequence) == [1, 2, 3])
    #expect(events.map(\.executionID) == ["", "e1", "e2"])
    #expect(events.map(\.lastQuantity) == [nil, 4, 6])
    #expect(events.last?.order == order)
    #expect(fixture.exchange.submissions.count == 1)
    let sent = try #require(fixture.exchange.submissions.first)
    #expect(sent.receiveUntil?.instant == fixture.clock.now + BrokerFixture.window)
    #expect(sent.account == "sim" && sent.limitPrice == 100 && sent.quantity == 10)
  }

  @Test("an order that the exchange does not take is rejected in its words")
  func rejection() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order(symbol: "NONE")
    let answered = try await fixture.route(request)
    #expect(answered.status == .rejected && answered.rejectReason == "UNKNOWN_SYMBOL")
    try await fixture.running { try await fixture.wait(for: request.clientOrderID, "REJECTED") }
    #expect(try await fixture.order(request.clientOrderID).rejectReason == "UNKNOWN_SYMBOL")
    #expect(try await fixture.events(of: request.clientOrderID) == [.rejected])
  }

  @Test("an order on the same terms is answered as it stands, and nothing is sent")
  func repetition() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    let again = try await fixture.route(request)
    #expect(again.status == .pendingNew && again.version == 1)
    #expect(fixture.exchange.submissions.count == 1)
  }

  @Test(
    "a name that is taken on other terms is refused with the term that differs", arguments: 0..<7)
  func otherTerms(_ term: Int) async throws {
    let fixture = try await BrokerFixture(
      settings: ["BROKER_CONNECTIONS": "sim,other"])
    let request = try BrokerV1.RouteOrderRequest.order()
    _ = try await fixture.route(request)
    var other = request
    let field: String
    switch term {
    case 0: (other.connectionID, field) = ("other", "connection_id")
    case 1: (other.accountID, field) = (request.clientOrderID, "account_id")
    case 2: (other.symbol, field) = ("AAPL", "symbol")
    case 3: (other.side, field) = (.sell, "side")
    case 4: (other.quantity, field) = (11, "quantity")
    case 5: (other.worstPrice, field) = (101, "worst_price")
    default:
      other.expiresAt = .init(seconds: fixture.clock.now.seconds + 60)
      field = "expires_at"
    }
    for attempt in [fixture.route, fixture.cancel] {
      let error = try #require(await failure { try await attempt(other) })
      #expect(error.code == .alreadyExists)
      #expect(error.errorInfo?.reason == "ORDER_TERMS_DIFFER")
      #expect(error.errorInfo?.metadata["field"] == field)
    }
    #expect(fixture.exchange.submissions.count == 1)
    #expect(try await fixture.order(request.clientOrderID).cancelRequested == false)
  }

  @Test("a hundred who route the same order at once send it once")
  func parallelRepetitions() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order()
    let statuses = try await withThrowingTaskGroup(of: BrokerV1.RoutedOrderStatus.self) { group in
      for _ in 0..<100 { group.addTask { try await fixture.route(request).status } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.count == 100)
    #expect(statuses.count { $0 == .open } == 1)
    #expect(fixture.exchange.submissions.count == 1)
    #expect(try await fixture.order(request.clientOrderID).submissions == 1)
  }

  @Test("an order whose time is over when it arrives ends, and is never sent")
  func expiredOnArrival() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order(expiresAt: fixture.clock.now)
    let order = try await fixture.route(request)
    #expect(order.status == .expired && order.submissions == 0)
    #expect(try await fixture.route(request).status == .expired)
    #expect(fixture.exchange.submissions.isEmpty)
    let events = try await fixture.events()
    #expect(events.map(\.eventType) == [.expired] && events.first?.reportSequence == 0)
  }

  @Test("a connection that there is not is refused by the field's name")
  func unknownConnection() async throws {
    let fixture = try await BrokerFixture()
    var request = try BrokerV1.RouteOrderRequest.order()
    request.connectionID = "elsewhere"
    for (attempt, field) in [
      (fixture.route, "connection_id"), (fixture.cancel, "order.connection_id"),
    ] {
      let error = try #require(await failure { try await attempt(request) })
      #expect(error.code == .invalidArgument && error.errorInfo?.reason == "INVALID_REQUEST")
      guard case .badRequest(let violations)? = error.details.last else {
        Issue.record("no field is named")
        continue
      }
      #expect(violations.map(\.field) == [field])
    }
    #expect(try await fixture.count("SELECT count(*) FROM broker.routed_orders") == 0)
  }

  @Test("an exchange that does not answer is given a second, and then nothing is known")
  func noAnswer() async throws {
    let fixture = try await BrokerFixture()
    fixture.exchange.network.setPatient(false)
    fixture.exchange.state.withLock { $0.neverAnswers = true }
    let request = try BrokerV1.RouteOrderRequest.order()
    #expect(try await fixture.route(request).status == .pendingNew)
    let timeout = try #require(fixture.exchange.network.timeout(of: "SubmitExchangeOrder"))
    #expect(timeout <= .seconds(1))
    #expect(fixture.exchange.submissions.count == 1)
    fixture.exchange.network.setPatient(true)
    try await fixture.running { try await fixture.wait(for: request.clientOrderID, "OPEN") }
    #expect(fixture.exchange.count(of: request.clientOrderID) == 1)
  }

  @Test("an order that has not arrived is not found")
  func notRouted() async throws {
    let fixture = try await BrokerFixture()
    let request = try BrokerV1.RouteOrderRequest.order()
    let error = try #require(await failure { try await fixture.order(request.clientOrderID) })
    #expect(error.code == .notFound && error.errorInfo?.reason == "ORDER_NOT_ROUTED")
  }

  @Test("a request that the exchange's contract refuses ends the order: it was not taken")
  func refusedByContract() async throws {
    let fixture = try await BrokerFixture()
    let refusal = RPCError(
      .invalidArgument, "quantity: must not be so",
      details: [.errorInfo(reason: "INVALID_REQUEST", domain: "exchange", metadata: [:])])
    fixture.exchange.state.withLock { $0.refusals = [refusal] }
    let request = try BrokerV1.RouteOrderRequest.order()
    let order = try await fixture.route(request)
    #expect(order.status == .rejected && order.rejectReason == "INVALID_REQUEST")
    #expect(try await fixture.stored(request.clientOrderID) == "REJECTED")
    #expect(try await fixture.events(of: request.clientOrderID) == [.rejected])
  }
}
