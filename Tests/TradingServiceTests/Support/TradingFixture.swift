import Core
import Kafka
import Logging
import Postgres
import RPC
import ServiceKit
import TestSupport
import TradingContract

@testable import TradingService

/// One replica of the trading service, with a market that the test drives and the real service that
/// keeps the funds.
struct TradingFixture: Sendable {
  let service: ServiceFixture
  let market: ScriptedMarket
  let funds: FundsFixture
  let broker: ScriptedBroker

  /// A replica with a database and a broker of its own, or those of another one.
  init(
    _ market: ScriptedMarket = ScriptedMarket(), settings: [String: String] = [:],
    beside other: TradingFixture? = nil
  ) async throws {
    self.market = market
    if let other { funds = other.funds } else { funds = try await FundsFixture() }
    broker = other?.broker ?? ScriptedBroker()
    service = try await ServiceFixture(
      TradingService.definition, settings: settings,
      channels: [
        "marketdata": market.channel(for: "trading"), "asset": funds.channel,
        "broker": broker.channel,
      ],
      database: funds.service.database, cluster: funds.service.cluster,
      tokens: funds.service.tokens)
  }

  /// A user whom no other test knows.
  static func newUser() -> String { UUIDv7.make(now: SystemClock().now).description }

  /// The service as a user sees it.
  ///
  /// - Parameter deposits: what the user has when the first order is placed.
  func trader(
    _ user: String = newUser(), deposits: [String: String] = FundsFixture.plenty
  ) throws -> Trader {
    Trader(
      user: user, client: TradingV1.TradingServiceClient(service.channel()),
      options: try service.options(user: user),
      purse: Purse(user: user, deposits: deposits, funds: funds))
  }

  /// Runs the service's tasks beside `body`, and has them end in order after it.
  func running<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
    try await withBackground({
      await withTaskGroup { group in
        for task in service.parts.tasks { group.addTask { try? await task.run() } }
      }
    }) {
      // The stream is opened when the instruments are known.
      try await eventually { market.openStreams > 0 }
      return try await body()
    }
  }

  /// Runs the service's tasks and the relay of its events beside `body`.
  func runningWithRelay<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
    try await running {
      try await withBackground({ await relay() }, body: body)
    }
  }

  /// Publishes what the outbox holds, until the task is cancelled.
  func relay() async {
    let environment = service.environment
    await OutboxRelay(
      environment.outbox, topics: TradingService.definition.topics,
      database: environment.database, kafka: environment.kafka, logger: .quiet
    ).run()
  }

  /// What the database says, as the superuser sees it.
  func count(_ query: PostgresQuery) async throws -> Int {
    try await service.database.pool.query(query).one().decode(Int.self, at: 0)
  }

  /// How many transitions of orders were told.
  func orderEvents() async throws -> Int {
    try await count("SELECT count(*) FROM trading.outbox WHERE topic = 'order_events'")
  }
}

/// A user of the service.
struct Trader: Sendable {
  let user: String
  let client: TradingV1.TradingServiceClient
  let options: CallOptions
  let purse: Purse

  func place(_ request: TradingV1.PlaceOrderRequest) async throws -> TradingV1.Order {
    try await purse.fill()
    return try await client.placeOrder(request, options: options)
  }

  func place(
    _ side: TradingV1.OrderSide, _ quantity: String, at price: String? = nil,
    symbol: String = "AAPL", id: String = ""
  ) async throws -> TradingV1.Order {
    try await place(.order(side, quantity, at: price, symbol: symbol, id: id))
  }

  func amend(
    _ id: String, _ quantity: String? = nil, at price: String? = nil, version: Int64 = 0
  ) async throws -> TradingV1.Order {
    var request = TradingV1.AmendOrderRequest()
    request.orderID = id
    request.quantity = try quantity.map { try Decimal($0) }
    request.limitPrice = try price.map { try Decimal($0) }
    request.version = version
    return try await client.amendOrder(request, options: options)
  }

  func cancel(_ id: String) async throws -> TradingV1.Order {
    var request = TradingV1.CancelOrderRequest()
    request.orderID = id
    return try await client.cancelOrder(request, options: options)
  }

  func order(_ id: String) async throws -> TradingV1.Order {
    var request = TradingV1.GetOrderRequest()
    request.orderID = id
    return try await client.getOrder(request, options: options)
  }

  func orders() async throws -> [TradingV1.Order] {
    var request = TradingV1.ListOrdersRequest()
    request.pageSize = 500
    return try await client.listOrders(request, options: options).orders
  }

  func trades() async throws -> [TradingV1.Trade] {
    var request = TradingV1.ListTradesRequest()
    request.pageSize = 500
    return try await client.listTrades(request, options: options).trades
  }

  func positions() async throws -> [TradingV1.Position] {
    try await client.listPositions(TradingV1.ListPositionsRequest(), options: options).positions
  }

  /// Waits until an order stands so.
  func wait(for id: String, _ status: TradingV1.OrderStatus) async throws -> TradingV1.Order {
    try await eventually { try await order(id).status == status }
    return try await order(id)
  }

  /// Waits until so much of an order is filled.
  func wait(for id: String, filled: String) async throws -> TradingV1.Order {
    let filled = try Decimal(filled)
    try await eventually { try await order(id).filledQuantity == filled }
    return try await order(id)
  }
}

extension TradingV1.PlaceOrderRequest {
  /// A LIMIT order, or without a price a MARKET order.
  static func order(
    _ side: TradingV1.OrderSide, _ quantity: String, at price: String? = nil,
    symbol: String = "AAPL", id: String = ""
  ) throws -> TradingV1.PlaceOrderRequest {
    var request = TradingV1.PlaceOrderRequest()
    request.clientOrderID = id
    request.symbol = symbol
    request.side = side
    request.type = price == nil ? .market : .limit
    request.quantity = try Decimal(quantity)
    request.limitPrice = try price.map { try Decimal($0) }
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
