import Core
import ExchangeContract
import ExchangeService
import Postgres
import Protobuf
import RPC
import ServiceKit
import TestSupport

/// What is traded in these tests.
let symbols = ["FB", "MSFT"]

/// One replica of the exchange, with a market that the test drives.
struct ExchangeFixture: Sendable {
  let service: ServiceFixture
  let market: ScriptedMarket

  /// A replica with a database of its own, or that of another one.
  init(
    _ market: ScriptedMarket = ScriptedMarket(symbols: symbols), settings: [String: String] = [:],
    beside other: ExchangeFixture? = nil
  ) async throws {
    self.market = market
    service = try await ServiceFixture(
      ExchangeService.definition, settings: settings,
      channels: ["marketdata": market.channel(for: "exchange")],
      database: other?.service.database, cluster: other?.service.cluster)
  }

  /// The exchange as an account sees it.
  func sender(_ account: String = "sim") -> Sender {
    Sender(
      account: account,
      client: ExchangeV1.ExchangeServiceClient(service.channel(as: "broker")))
  }

  /// Runs the service's tasks beside `body`, and has them end in order after it.
  func running<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
    let streams = market.openStreams
    return try await withBackground({
      await withTaskGroup { group in
        for task in service.parts.tasks { group.addTask { try? await task.run() } }
      }
    }) {
      // The stream is opened when the instruments are known.
      try await eventually { market.openStreams > streams }
      return try await body()
    }
  }

  /// What the database says, as the superuser sees it.
  func count(_ query: PostgresQuery) async throws -> Int {
    try await service.database.pool.query(query).one().decode(Int.self, at: 0)
  }

  /// The time by the exchange's clock.
  func now() async throws -> Instant {
    try await service.database.pool.query("SELECT clock_timestamp()").one()
      .decode(Instant.self, at: 0)
  }
}

/// An account at the exchange.
struct Sender: Sendable {
  let account: String
  let client: ExchangeV1.ExchangeServiceClient

  /// A submission that is received for a minute.
  func submission(
    _ side: ExchangeV1.ExchangeOrderSide, _ quantity: String, at price: String,
    symbol: String = "FB", name: String? = nil, expiresAt: Instant? = nil,
    receiveUntil: Instant? = nil
  ) throws -> ExchangeV1.SubmitExchangeOrderRequest {
    let now = SystemClock().now
    var request = ExchangeV1.SubmitExchangeOrderRequest()
    request.account = account
    request.clientOrderID = name ?? UUIDv7.make(now: now).description
    request.symbol = symbol
    request.side = side
    request.quantity = try Decimal(quantity)
    request.limitPrice = try Decimal(price)
    request.expiresAt = expiresAt.map { Google.Timestamp($0) }
    request.receiveUntil = Google.Timestamp(receiveUntil ?? now + .seconds(60))
    return request
  }

  @discardableResult
  func submit(
    _ side: ExchangeV1.ExchangeOrderSide, _ quantity: String, at price: String,
    symbol: String = "FB", name: String? = nil, expiresAt: Instant? = nil,
    receiveUntil: Instant? = nil
  ) async throws -> ExchangeV1.ExchangeOrder {
    try await client.submitExchangeOrder(
      try submission(
        side, quantity, at: price, symbol: symbol, name: name, expiresAt: expiresAt,
        receiveUntil: receiveUntil))
  }

  func find(_ name: String) async throws -> ExchangeV1.FindExchangeOrderResponse {
    var request = ExchangeV1.FindExchangeOrderRequest()
    request.account = account
    request.clientOrderID = name
    return try await client.findExchangeOrder(request)
  }

  @discardableResult
  func cancel(_ id: String) async throws -> ExchangeV1.ExchangeOrder {
    var request = ExchangeV1.CancelExchangeOrderRequest()
    request.account = account
    request.exchangeOrderID = id
    return try await client.cancelExchangeOrder(request)
  }

  func watch(
    after sequence: Int64 = 0
  ) async throws -> RPCStream<ExchangeV1.ExecutionReport> {
    var request = ExchangeV1.WatchExecutionReportsRequest()
    request.account = account
    request.afterSequence = sequence
    return try await client.watchExecutionReports(request)
  }

  /// The first reports after a sequence; waits until there are so many.
  func reports(
    _ count: Int, after sequence: Int64 = 0
  ) async throws -> [ExchangeV1.ExecutionReport] {
    var reports: [ExchangeV1.ExecutionReport] = []
    var stream = try await watch(after: sequence).makeAsyncIterator()
    while reports.count < count, let report = try await stream.next() { reports.append(report) }
    return reports
  }

  /// Waits until the latest order of a name stands somewhere.
  @discardableResult
  func wait(
    for order: ExchangeV1.ExchangeOrder, _ status: ExchangeV1.ExchangeOrderStatus,
    filled: Decimal? = nil, filePath: String = #filePath, line: Int = #line
  ) async throws -> ExchangeV1.ExchangeOrder {
    var latest = order
    try await eventually(filePath: filePath, line: line) {
      latest = try await find(order.clientOrderID).order ?? order
      return latest.status == status && (filled == nil || latest.filledQuantity == filled)
    }
    return latest
  }
}

/// The error that a call ends with; nil if it succeeds.
func failure<R>(of body: () async throws -> R) async -> RPCError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? RPCError
  }
}
