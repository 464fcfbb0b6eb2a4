import BrokerContract
import Core
import Events
import Mesh
import Protobuf
import RPC
import RPCInProcess
import ServiceKit
import Synchronization
import TestSupport

/// A broker service that does what the test says, and keeps what it was asked; it has the RPCs that trading calls.
///
/// As the real one it knows an order again by its name, and remembers one that was canceled before it came.
final class ScriptedBroker: Sendable {
  private struct State {
    var isAway = false
    var lostRequests = 0
    var lostAnswers = 0
    var firstStatus = BrokerV1.RoutedOrderStatus.open
    var orders: [String: BrokerV1.RoutedOrder] = [:]
    var routed: [BrokerV1.RouteOrderRequest] = []
    var found: [String] = []
    var absent: [String] = []
    var canceled: [BrokerV1.RouteOrderRequest] = []
    var draws: SeededGenerator?
    var sequence: Int64 = 0

    /// Decides what becomes of the next request.
    mutating func draw() {
      guard var random = draws else { return }
      switch Int.random(in: 0..<8, using: &random) {
      case 0: lostRequests = 1
      case 1: lostAnswers = 1
      default: break
      }
      let statuses: [BrokerV1.RoutedOrderStatus] = [
        .open, .open, .pendingNew, .pendingNew, .rejected,
      ]
      firstStatus = statuses.randomElement(using: &random) ?? .open
      draws = random
    }
  }

  private let state = Mutex(State())

  /// The way to it for the trading service.
  var channel: any RPCChannel {
    var router = RPCRouter(services: [], accessController: AccessGuard(verifier: NoUsers()))
    router.unary(BrokerV1.BrokerServiceMethods.routeOrder, routeOrder)
    router.unary(BrokerV1.BrokerServiceMethods.getRoutedOrder, getRoutedOrder)
    router.unary(BrokerV1.BrokerServiceMethods.cancelRoutedOrder, cancelRoutedOrder)
    return PatientChannel(
      base: InProcessServer(router).channel(as: PeerIdentity(service: "trading")))
  }

  // MARK: - What it was asked

  /// What was to be routed, each time that was asked.
  var routed: [BrokerV1.RouteOrderRequest] { state.withLock(\.routed) }
  /// What was asked for, by name, each time.
  var found: [String] { state.withLock(\.found) }
  /// What was asked for and had not arrived, by name, each time.
  var absent: [String] { state.withLock(\.absent) }
  /// What was to be canceled, each time that was asked.
  var canceled: [BrokerV1.RouteOrderRequest] { state.withLock(\.canceled) }

  /// What has arrived, as it stands.
  var orders: [BrokerV1.RoutedOrder] { state.withLock { Array($0.orders.values) } }

  // MARK: - What it does

  /// Refuses calls, or answers again.
  func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

  /// How the orders stand that come from now on.
  func answer(_ status: BrokerV1.RoutedOrderStatus) { state.withLock { $0.firstStatus = status } }

  /// Loses the next requests to route an order: they do not arrive.
  func loseRequests(_ count: Int) { state.withLock { $0.lostRequests = count } }

  /// Takes the next orders, and loses the answers.
  func loseAnswers(_ count: Int) { state.withLock { $0.lostAnswers = count } }

  /// Loses requests and answers, and answers what it likes, by a seed; nil does so no more.
  func draw(seed: UInt64?) {
    state.withLock { state in
      state.draws = seed.map { SeededGenerator(seed: $0) }
      state.firstStatus = .open
    }
  }

  /// Says how an order stands from now on.
  func set(_ id: String, _ status: BrokerV1.RoutedOrderStatus) {
    state.withLock { $0.orders[id]?.status = status }
  }

  /// What happened to an order that was routed, as an event; a trade adds to what is filled.
  func event(
    _ type: BrokerV1.BrokerEventType, of id: String, last: String? = nil, at price: String? = nil
  ) throws -> BrokerV1.BrokerEvent {
    let (quantity, price) = (try last.map { try Decimal($0) }, try price.map { try Decimal($0) })
    return state.withLock { state in
      var order = state.orders[id] ?? BrokerV1.RoutedOrder()
      if let quantity { order.filledQuantity = (order.filledQuantity ?? 0) + quantity }
      order.status =
        switch type {
        case .accepted: .open
        case .rejected: .rejected
        case .canceled: .canceled
        case .expired: .expired
        default: order.filledQuantity == order.quantity ? .filled : .partiallyFilled
        }
      if type == .rejected { order.rejectReason = "UNKNOWN_SYMBOL" }
      state.orders[id] = order
      state.sequence += 1
      var event = BrokerV1.BrokerEvent()
      event.eventID = TradingFixture.newUser()
      event.connectionID = order.connectionID
      event.sequence = state.sequence
      event.eventType = type
      event.clientOrderID = id
      event.accountID = order.accountID
      event.order = order
      if quantity != nil { event.executionID = "e\(state.sequence)" }
      event.lastQuantity = quantity
      event.lastPrice = price
      event.reportSequence = state.sequence
      event.timestamp = Google.Timestamp(SystemClock().now)
      return event
    }
  }

  // MARK: - RPCs

  private func routeOrder(
    _ request: BrokerV1.RouteOrderRequest, context: ServerContext
  ) async throws -> BrokerV1.RoutedOrder {
    let isLost = state.withLock { state in
      state.routed.append(request)
      state.draw()
      guard state.lostRequests > 0 else { return state.isAway }
      state.lostRequests -= 1
      return true
    }
    if isLost { throw RPCError(.unavailable, "the broker is away") }
    let (order, isAnswerLost) = state.withLock { state in
      let order = state.orders[request.clientOrderID] ?? Self.order(request, state.firstStatus)
      state.orders[request.clientOrderID] = order
      defer { state.lostAnswers = max(0, state.lostAnswers - 1) }
      return (order, state.lostAnswers > 0)
    }
    if isAnswerLost { throw RPCError(.deadlineExceeded, "the answer is lost") }
    return order
  }

  private func getRoutedOrder(
    _ request: BrokerV1.GetRoutedOrderRequest, context: ServerContext
  ) async throws -> BrokerV1.RoutedOrder {
    try checkPresent()
    let order = state.withLock { state in
      state.found.append(request.clientOrderID)
      let order = state.orders[request.clientOrderID]
      if order == nil { state.absent.append(request.clientOrderID) }
      return order
    }
    guard let order else {
      throw RPCError(
        .notFound, "no such order has arrived",
        details: [
          .errorInfo(reason: "ORDER_NOT_ROUTED", domain: "broker.alphintra.com", metadata: [:])
        ])
    }
    return order
  }

  private func cancelRoutedOrder(
    _ request: BrokerV1.CancelRoutedOrderRequest, context: ServerContext
  ) async throws -> BrokerV1.RoutedOrder {
    try checkPresent()
    let named = request.order ?? BrokerV1.RouteOrderRequest()
    return state.withLock { state in
      state.canceled.append(named)
      var order = state.orders[named.clientOrderID] ?? Self.order(named, .canceled)
      order.cancelRequested = true
      state.orders[named.clientOrderID] = order
      return order
    }
  }

  private static func order(
    _ request: BrokerV1.RouteOrderRequest, _ status: BrokerV1.RoutedOrderStatus
  ) -> BrokerV1.RoutedOrder {
    var order = BrokerV1.RoutedOrder()
    order.clientOrderID = request.clientOrderID
    order.connectionID = request.connectionID
    order.accountID = request.accountID
    order.symbol = request.symbol
    order.side = request.side
    order.quantity = request.quantity
    order.worstPrice = request.worstPrice
    order.expiresAt = request.expiresAt
    order.status = status
    order.filledQuantity = .zero
    order.rejectReason = status == .rejected ? "UNKNOWN_SYMBOL" : ""
    order.submissions = 1
    order.version = 1
    return order
  }

  private func checkPresent() throws(RPCError) {
    if state.withLock(\.isAway) { throw RPCError(.unavailable, "the broker is away") }
  }
}

extension TradingFixture {
  /// Publishes events as the broker service does.
  func publish(_ events: [BrokerV1.BrokerEvent]) async throws {
    let topic = BrokerV1.Topics.brokerEvents
    let envelopes = events.map { event in
      EventEnvelope(
        key: topic.key(event),
        headers: EventHeaders(
          eventID: EventID(rawValue: event.eventID), eventType: BrokerV1.BrokerEvent.messageName,
          occurredAt: SystemClock().now, producer: "broker", sequence: event.sequence),
        event: event)
    }
    let publisher = EventPublisher(
      service: "broker", connection: service.environment.kafka, clock: SystemClock())
    for outcome in await publisher.publish(envelopes, to: topic) { _ = try outcome.get() }
    await publisher.close()
  }

  /// Publishes one thing that happened to an order.
  func tell(
    _ type: BrokerV1.BrokerEventType, of id: String, last: String? = nil, at price: String? = nil
  ) async throws {
    try await publish([try broker.event(type, of: id, last: last, at: price)])
  }
}
