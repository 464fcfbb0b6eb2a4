import AuthContract
import Core
import MarketDataContract
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// A registered user with a token, who trades one symbol over REST.
struct Trader: Sendable {
  static let symbol = "AAPL"

  let userID: String
  /// The edge, as this user.
  let client: PlatformClient

  /// Enough for whatever a test places.
  private static let deposit: Decimal = 10_000_000

  /// Registers and logs in, and has an operator credit the account.
  static func signUp(_ name: String, on platform: Platform) async throws -> Trader {
    let client = try await platform.client()
    let (email, password) = ("\(name)@example.com", "correct horse battery staple")
    let user = try await patiently {
      try await client.register(email: email, password: password, displayName: name)
    }
    let login = try await patiently { try await client.logIn(email: email, password: password) }
    let bank = try platform.operator()
    try await patiently {
      let desk = try await bank.logIn(client)
      _ = try await desk.deposit(deposit, of: "USD", to: user.userID, reference: user.userID)
    }
    return Trader(userID: user.userID, client: client.authenticated(by: login.accessToken))
  }

  /// The latest quote, once there is one.
  func quote() async throws -> MarketDataV1.Quote {
    try await Self.patiently { try await client.quote(of: Self.symbol) }
  }

  /// A buyer's limit that no quote of the replay reaches: it rests.
  func restingLimit() async throws -> Decimal {
    let bid = try #require(try await quote().bidPrice)
    let half = try bid.multiplied(by: Decimal("0.5"), rounding: .towardZero)
    return try half.rounded(scale: 2, .towardZero)
  }

  /// Places an order, again and again until there is an answer: its client order id makes it one.
  func placeOnce(_ order: TradingV1.PlaceOrderRequest) async throws -> TradingV1.Order {
    #expect(!order.clientOrderID.isEmpty, "only a named order can be repeated")
    return try await Self.patiently { try await client.place(order) }
  }

  /// Waits until an order stands so.
  func wait(for orderID: String, toBe status: TradingV1.OrderStatus) async throws {
    try await eventually {
      try await Self.patiently { try await client.order(id: orderID) }.status == status
    }
  }

  /// Everything that REST tells of the user; the stream's part is left empty.
  func evidence(placed: [String]) async throws -> DemoEvidence {
    let trades = try await Self.patiently { try await client.trades() }
    var quotes: [DemoEvidence.QuoteKey: MarketDataV1.Quote] = [:]
    // What an exchange has executed names no quote of ours.
    for trade in trades where trade.quoteSequence > 0 {
      let key = DemoEvidence.QuoteKey(symbol: trade.symbol, sequence: trade.quoteSequence)
      quotes[key] = try await client.quote(of: key.symbol, sequence: key.sequence)
    }
    return DemoEvidence(
      placed: placed, orders: try await client.orders(), trades: trades,
      positions: try await client.positions(), quotes: quotes, snapshotSequence: 0, updates: [])
  }

  /// Repeats what may safely be repeated, while a service is away or starting.
  static func patiently<Result: Sendable>(
    _ body: @Sendable () async throws -> Result
  ) async throws -> Result {
    let end = ContinuousClock.now + .seconds(120)
    while true {
      do {
        return try await body()
      } catch let problem as APIProblem where problem.mayPass && ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }
}

extension APIProblem {
  /// Whether the same request may be answered otherwise in a moment: the service is away, has not seen a
  /// quote, or has lost its database and does not know what it did.
  var mayPass: Bool {
    [502, 503, 504].contains(status)
      || ["NO_QUOTE_YET", "NO_QUOTE", "OUTCOME_UNKNOWN"].contains(reason)
  }
}
