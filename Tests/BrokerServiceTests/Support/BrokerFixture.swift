import BrokerContract
import Core
import Events
import Postgres
import Protobuf
import RPC
import ServiceKit
import TestSupport

@testable import BrokerService

/// One replica of the broker, with an exchange that the test scripts, and a clock that both go by.
struct BrokerFixture: Sendable {
  let service: ServiceFixture
  let exchange: ScriptedExchange
  let clock: ManualClock

  /// The resolver asks at once, and again and again.
  static let eager = ["BROKER_RESOLVE_AGE": "0", "BROKER_RESOLVE_INTERVAL": "0.05"]
  /// How long the exchange may take a submission, unless a test says otherwise.
  static let window: Duration = .seconds(5)

  /// A replica with a database and a broker of its own, or those of another one.
  init(settings: [String: String] = eager, beside other: BrokerFixture? = nil) async throws {
    clock = other?.clock ?? ManualClock(SystemClock().now)
    exchange = other?.exchange ?? ScriptedExchange(clock: clock)
    service = try await ServiceFixture(
      BrokerService.definition, settings: settings, channels: ["exchange": exchange.channel],
      clock: clock, database: other?.service.database, cluster: other?.service.cluster)
  }

  /// The service as trading sees it.
  var client: BrokerV1.BrokerServiceClient {
    BrokerV1.BrokerServiceClient(service.channel(as: "trading"))
  }

  /// Runs the service's tasks beside `body`, and has them end after it.
  func running<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
    try await withBackground(
      {
        await withTaskGroup { group in
          for task in service.parts.tasks { group.addTask { try? await task.run() } }
        }
      }, body: body)
  }

  func route(_ request: BrokerV1.RouteOrderRequest) async throws -> BrokerV1.RoutedOrder {
    try await client.routeOrder(request)
  }

  func cancel(_ request: BrokerV1.RouteOrderRequest) async throws -> BrokerV1.RoutedOrder {
    var cancel = BrokerV1.CancelRoutedOrderRequest()
    cancel.order = request
    return try await client.cancelRoutedOrder(cancel)
  }

  func order(_ id: String) async throws -> BrokerV1.RoutedOrder {
    var request = BrokerV1.GetRoutedOrderRequest()
    request.clientOrderID = id
    return try await client.getRoutedOrder(request)
  }

  /// Waits until an order stands so in the database.
  func wait(
    for id: String, _ state: String, filePath: String = #filePath, line: Int = #line
  ) async throws {
    try await eventually(filePath: filePath, line: line) { try await stored(id) == state }
  }

  /// The state of an order as it is stored.
  func stored(_ id: String) async throws -> String? {
    try await service.database.pool.query(
      "SELECT state FROM broker.routed_orders WHERE client_order_id = \(id)::text::uuid"
    ).oneOrNone()?.decode(String.self, at: 0)
  }

  /// What the database says, as the superuser sees it.
  func count(_ query: PostgresQuery) async throws -> Int {
    try await service.database.pool.query(query).one().decode(Int.self, at: 0)
  }

  /// What was told, in order.
  func events() async throws -> [BrokerV1.BrokerEvent] {
    try await service.database.pool.query(
      "SELECT payload FROM broker.outbox WHERE topic = 'broker_events' ORDER BY id"
    ).map { row in
      try BrokerV1.Topics.brokerEvents.decode(row.decode([UInt8].self, at: 0), as: .json)
    }
  }

  /// What was told of an order.
  func events(of id: String) async throws -> [BrokerV1.BrokerEventType] {
    try await events().filter { $0.clientOrderID == id }.map(\.eventType)
  }
}

extension BrokerV1.RouteOrderRequest {
  /// A purchase, under a name that no other test knows.
  static func order(
    _ quantity: String = "10", at price: String = "100", symbol: String = "FB",
    expiresAt: Instant? = nil
  ) throws -> BrokerV1.RouteOrderRequest {
    var request = BrokerV1.RouteOrderRequest()
    request.connectionID = "sim"
    request.clientOrderID = UUIDv7.make(now: SystemClock().now).description
    request.accountID = UUIDv7.make(now: SystemClock().now).description
    request.symbol = symbol
    request.side = .buy
    request.quantity = try Decimal(quantity)
    request.worstPrice = try Decimal(price)
    request.expiresAt = expiresAt.map { Google.Timestamp($0) }
    return request
  }
}

/// The error a call failed with.
func failure<R>(of body: () async throws -> R) async -> RPCError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? RPCError
  }
}
