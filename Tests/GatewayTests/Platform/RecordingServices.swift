import AuthContract
import MarketDataContract
import Protobuf
import RPC
import Synchronization
import TradingContract

/// What reached the services of the platform, and how they are to answer.
final class Recorder: Sendable {
  private struct State {
    var methods: [String] = []
    var correlationIDs: [String?] = []
    var users: [String?] = []
    var failure: RPCError?
    var isHolding = false
  }

  private let state = Mutex(State())

  /// The methods called, in order.
  var methods: [String] { state.withLock { $0.methods } }
  /// The correlation ids of the calls.
  var correlationIDs: [String?] { state.withLock { $0.correlationIDs } }
  /// The users of the calls.
  var users: [String?] { state.withLock { $0.users } }

  /// Lets every further call fail.
  func fail(with error: RPCError) { state.withLock { $0.failure = error } }

  /// Lets every further call wait until it is cancelled.
  func hold() { state.withLock { $0.isHolding = true } }

  func record(_ context: ServerContext) async throws {
    let (failure, isHolding) = state.withLock { state in
      state.methods.append(context.method.method)
      state.correlationIDs.append(context.correlationID)
      state.users.append(context.user?.id)
      return (state.failure, state.isHolding)
    }
    if let failure { throw failure }
    while isHolding { try await Task.sleep(for: .seconds(3600)) }
  }
}

/// The auth service, answering with nothing.
struct RecordingAuth: AuthV1.AuthService {
  let recorder: Recorder

  func register_(
    _ request: AuthV1.RegisterRequest, context: ServerContext
  ) async throws -> AuthV1.User {
    try await recorder.record(context)
    return .with { $0.email = request.email }
  }

  func login(
    _ request: AuthV1.LoginRequest, context: ServerContext
  ) async throws -> AuthV1.LoginResponse {
    try await recorder.record(context)
    return AuthV1.LoginResponse()
  }

  func getProfile(
    _ request: AuthV1.GetProfileRequest, context: ServerContext
  ) async throws -> AuthV1.User {
    try await recorder.record(context)
    return AuthV1.User()
  }

  func jwks(
    _ request: AuthV1.JwksRequest, context: ServerContext
  ) async throws -> AuthV1.JwksResponse {
    try await recorder.record(context)
    return AuthV1.JwksResponse()
  }
}

/// Trading, answering with what was asked.
struct RecordingTrading: TradingV1.TradingService {
  let recorder: Recorder

  func placeOrder(
    _ request: TradingV1.PlaceOrderRequest, context: ServerContext
  ) async throws -> TradingV1.Order {
    try await recorder.record(context)
    return .with {
      $0.symbol = request.symbol
      $0.side = request.side
      $0.quantity = request.quantity
    }
  }

  func cancelOrder(
    _ request: TradingV1.CancelOrderRequest, context: ServerContext
  ) async throws -> TradingV1.Order {
    try await recorder.record(context)
    return .with { $0.orderID = request.orderID }
  }

  func getOrder(
    _ request: TradingV1.GetOrderRequest, context: ServerContext
  ) async throws -> TradingV1.Order {
    try await recorder.record(context)
    return .with { $0.orderID = request.orderID }
  }

  func listOrders(
    _ request: TradingV1.ListOrdersRequest, context: ServerContext
  ) async throws -> TradingV1.ListOrdersResponse {
    try await recorder.record(context)
    return TradingV1.ListOrdersResponse()
  }

  func listTrades(
    _ request: TradingV1.ListTradesRequest, context: ServerContext
  ) async throws -> TradingV1.ListTradesResponse {
    try await recorder.record(context)
    return TradingV1.ListTradesResponse()
  }

  func listPositions(
    _ request: TradingV1.ListPositionsRequest, context: ServerContext
  ) async throws -> TradingV1.ListPositionsResponse {
    try await recorder.record(context)
    return TradingV1.ListPositionsResponse()
  }

  func watchOrders(
    _ request: TradingV1.WatchOrdersRequest, responses: RPCWriter<TradingV1.OrderUpdate>,
    context: ServerContext
  ) async throws {
    try await recorder.record(context)
    try await responses.write(.with { $0.change = .snapshot(TradingV1.OrderSnapshot()) })
    while true { try await Task.sleep(for: .seconds(3600)) }
  }
}

/// Market data, answering with nothing.
struct RecordingMarketData: MarketDataV1.MarketDataService {
  let recorder: Recorder

  func listInstruments(
    _ request: MarketDataV1.ListInstrumentsRequest, context: ServerContext
  ) async throws -> MarketDataV1.ListInstrumentsResponse {
    try await recorder.record(context)
    return MarketDataV1.ListInstrumentsResponse()
  }

  func getQuote(
    _ request: MarketDataV1.GetQuoteRequest, context: ServerContext
  ) async throws -> MarketDataV1.Quote {
    try await recorder.record(context)
    return .with { $0.symbol = request.symbol }
  }

  func listCandles(
    _ request: MarketDataV1.ListCandlesRequest, context: ServerContext
  ) async throws -> MarketDataV1.ListCandlesResponse {
    try await recorder.record(context)
    return MarketDataV1.ListCandlesResponse()
  }

  func subscribeQuotes(
    _ request: MarketDataV1.SubscribeQuotesRequest,
    responses: RPCWriter<MarketDataV1.QuoteUpdate>, context: ServerContext
  ) async throws {
    try await recorder.record(context)
    try await responses.write(.with { $0.change = .snapshot(MarketDataV1.QuoteSnapshot()) })
    while true { try await Task.sleep(for: .seconds(3600)) }
  }
}
