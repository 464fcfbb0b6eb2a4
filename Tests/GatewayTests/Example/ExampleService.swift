import MarketDataContract
import Protobuf
import RPC
import TestingContract
import TradingContract

/// Answers, fails or hangs in the way the request asks for.
struct ExampleService: RPCService {
  static let descriptor = ServiceDescriptor(
    name: ExampleMethods.service,
    methods: [
      ExampleMethods.read, ExampleMethods.create, ExampleMethods.replace, ExampleMethods.mine,
      ExampleMethods.administer, ExampleMethods.mirror, ExampleMethods.quotes,
      ExampleMethods.orders,
    ])

  let quotes = Feed<MarketDataV1.QuoteUpdate>()
  let orders = Feed<TradingV1.OrderUpdate>()
  let calls = CallLog()

  func register(in router: inout RPCRouter) {
    for method in [ExampleMethods.read, ExampleMethods.create, ExampleMethods.replace] {
      router.unary(method) { try await echo($0, $1) }
    }
    for method in [ExampleMethods.mine, ExampleMethods.administer] {
      router.unary(method) { (_: TestingV1.WhoAmIRequest, context) in
        calls.append(context)
        return TestingV1.WhoAmIResponse.with {
          $0.spiffeID = context.peer?.spiffeID ?? ""
          $0.userID = context.user?.id ?? ""
          $0.roles = context.user?.roles ?? []
        }
      }
    }
    router.unary(ExampleMethods.mirror) { (request: TestingV1.KitchenSink, _) in request }
    router.serverStreaming(ExampleMethods.quotes) {
      (request: MarketDataV1.SubscribeQuotesRequest, responses, context) in
      calls.append(context)
      if request.symbols.isEmpty { throw Self.noSymbols }
      if request.symbols.contains("NOPE") { throw Self.unknownSymbol }
      try await responses.write(Self.snapshot(of: request.symbols))
      try await quotes.forward(to: responses)
    }
    router.serverStreaming(ExampleMethods.orders) {
      (_: TradingV1.WatchOrdersRequest, responses, context) in
      calls.append(context)
      try await responses.write(
        orders.first ?? .with { $0.change = .snapshot(TradingV1.OrderSnapshot()) })
      try await orders.forward(to: responses)
    }
  }

  private func echo(
    _ request: TestingV1.EchoRequest, _ context: ServerContext
  ) async throws -> TestingV1.EchoResponse {
    calls.append(context)
    do {
      while request.text == "hold", !calls.isReleased {
        try await Task.sleep(for: .milliseconds(5))
      }
      if request.delayMs > 0 { try await Task.sleep(for: .milliseconds(Int(request.delayMs))) }
    } catch {
      calls.noteCancellation()
      throw error
    }
    if request.failCode != 0 {
      throw RPCError(
        StatusCode(rawValue: Int(request.failCode)) ?? .unknown, request.failMessage,
        details: request.payload.isEmpty ? [] : Self.details)
    }
    return TestingV1.EchoResponse.with {
      $0.text = request.text
      $0.payload = [UInt8](repeating: 7, count: Int(request.responseSize))
      $0.index = request.count
    }
  }

  static let details: [ErrorDetail] = [
    .errorInfo(
      reason: "INSUFFICIENT_FUNDS", domain: "trading.alphintra.com",
      metadata: ["available": "1.5", "required": "2"]),
    .badRequest([
      FieldViolation(
        field: "legs[2].limit_price", description: "must be positive, got -1",
        reason: "MUST_BE_POSITIVE")
    ]),
    .retryInfo(delay: .milliseconds(2500)),
  ]

  private static let noSymbols = RPCError(
    .invalidArgument, "symbols needs 1 to 100 entries",
    details: [
      .badRequest([
        FieldViolation(field: "symbols", description: "must not be empty", reason: "REQUIRED")
      ])
    ])

  private static let unknownSymbol = RPCError(
    .notFound, "symbol NOPE is not traded",
    details: [.errorInfo(reason: "UNKNOWN_SYMBOL", domain: "marketdata", metadata: [:])])

  static func snapshot(of symbols: [String]) -> MarketDataV1.QuoteUpdate {
    .with { update in
      update.sequence = 1
      update.change = .snapshot(
        .with { snapshot in
          snapshot.quotes = symbols.map { symbol in .with { $0.symbol = symbol } }
        })
    }
  }
}
