import AssetContract
import AuthContract
import Core
import MarketDataContract
import TradingContract

/// The main job without a person: one user of the edge, from registration to a position.
public struct DemoRun: Sendable {
  /// How long one step may take; a bound for a demo that hangs, not a measure.
  public static let stepTimeout: Duration = .seconds(60)
  private static let password = "correct horse battery staple"
  private static let quotesChannel = "quotes"
  private static let ordersChannel = "orders"
  /// Small, so that lists have more pages than one.
  private static let pageSize = 2

  /// What the user of the demo is given.
  private static let deposit: (amount: Decimal, asset: String) = (10_000_000, "USD")

  private let client: PlatformClient
  private let bank: PlatformOperator
  private let routedSymbols: [String]
  private let say: @Sendable (String) -> Void

  /// A demo over a client of the edge, told line by line; the operator credits its user.
  ///
  /// - Parameter routedSymbols: whose orders are executed at the simulated exchange.
  public init(
    _ client: PlatformClient, operator bank: PlatformOperator, routing routedSymbols: [String],
    say: @escaping @Sendable (String) -> Void
  ) {
    self.client = client
    self.bank = bank
    self.routedSymbols = routedSymbols
    self.say = say
  }

  /// Runs the demo.
  ///
  /// - Throws: ``APIProblem``, ``DemoError``, or what the connection throws. What merely differs is
  ///   in the report.
  public func run() async throws -> DemoReport {
    let instruments = try await step("wait for the market") { try await tradable() }
    let user = try await signUp()
    let journal = DemoJournal(say: say)
    let placed = try await user.withStream { stream in
      let reader = Task {
        do {
          for try await message in stream.messages { await journal.record(message) }
        } catch {
          say("      ⇢ \(error)")
        }
        await journal.close()
      }
      defer { reader.cancel() }
      try await subscribe(stream, journal, instruments.map(\.symbol))
      return try await trade(instruments, as: user, journal)
    }
    return try await audit(placed, as: user, await journal.entries)
  }

  // MARK: - Steps

  private func step<Result: Sendable>(
    _ name: String, _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    say("  • \(name)")
    return try await within(Self.stepTimeout, name, work)
  }

  /// The instruments, once the first is quoted.
  private func tradable() async throws -> [MarketDataV1.Instrument] {
    while true {
      try Task.checkCancellation()
      do {
        let instruments = try await client.instruments(pageSize: Self.pageSize)
        if let first = instruments.first {
          say("      \(DemoText.prices(of: try await client.quote(of: first.symbol)))")
          return instruments
        }
      } catch let problem as APIProblem where Self.isTooEarly(problem) {}
      try await Task.sleep(for: .milliseconds(200))
    }
  }

  /// Whether a service has not got as far yet: it is starting, or no quote has been made.
  private static func isTooEarly(_ problem: APIProblem) -> Bool {
    problem.status == 503 || problem.status == 404
  }

  private func signUp() async throws -> PlatformClient {
    let email = "ada.\(UInt32.random(in: .min ... .max))@example.com"
    let user = try await step("register \(email)") {
      try await client.register(email: email, password: Self.password, displayName: "Ada")
    }
    let login = try await step("log in") {
      try await client.logIn(email: email.uppercased(), password: Self.password)
    }
    guard login.user?.userID == user.userID, login.tokenType == "Bearer" else {
      throw DemoError.unexpected("the token is not that of user \(user.userID)")
    }
    let authenticated = client.authenticated(by: login.accessToken)
    let profile = try await step("read the profile") { try await authenticated.profile() }
    guard profile == user else {
      throw DemoError.unexpected("the profile is not what was registered")
    }
    let (amount, asset) = Self.deposit
    try await step("an operator credits \(amount) \(asset)") {
      let desk = try await bank.logIn(client)
      _ = try await desk.deposit(amount, of: asset, to: user.userID, reference: user.userID)
    }
    return authenticated
  }

  private func subscribe(
    _ stream: PlatformStream, _ journal: DemoJournal, _ symbols: [String]
  ) async throws {
    let routed = routedSymbols.filter(symbols.contains)
    try await step("open a WebSocket: quotes of \(symbols.joined(separator: ", ")); orders") {
      try await stream.subscribeToQuotes(of: symbols, id: Self.quotesChannel)
      try await stream.subscribeToOrders(id: Self.ordersChannel)
      try await journal.wait {
        $0.openChannels.isSuperset(of: [Self.quotesChannel, Self.ordersChannel])
          && $0.snapshotSequence != nil && $0.quotes[symbols[0]] != nil && $0.quoteUpdates > 0
          && $0.quotes.keys.contains { !routed.contains($0) }
          && routed.allSatisfy($0.quotes.keys.contains)
      }
    }
    for quote in await journal.entries.quotes.values.sorted(by: { $0.symbol < $1.symbol }) {
      say("      ⇢ \(DemoText.prices(of: quote))")
    }
  }

  /// Places orders of each kind and cancels the one that rests; returns the ids.
  private func trade(
    _ instruments: [MarketDataV1.Instrument], as user: PlatformClient, _ journal: DemoJournal
  ) async throws -> [String] {
    let plan = try DemoPlan(
      instruments, quotes: await journal.entries.quotes, routed: routedSymbols)
    let market = try await place(plan.large, user)
    try await settle(market, as: .filled, journal)
    let repeated = try await step("send the same request again: it is the same order") {
      try await user.place(plan.large)
    }
    guard repeated.orderID == market.orderID else {
      throw DemoError.unexpected("the same client_order_id placed a second order")
    }
    let limit = try await place(plan.aggressive, user)
    try await settle(limit, as: .filled, journal)
    let resting = try await place(plan.passive, user)
    try await settle(resting, as: .open, journal)
    try await settlement(of: plan.sale, for: user)
    let sale = try await place(plan.sale, user)
    try await settle(sale, as: .filled, journal)
    _ = try await step("cancel the order that rests") {
      try await user.cancel(orderID: resting.orderID)
    }
    try await settle(resting, as: .canceled, journal)
    var orders = [market, limit, resting, sale]
    if let request = plan.elsewhere {
      say("    \(request.symbol) is executed at the simulated exchange")
      let routed = try await place(request, user)
      try await settle(routed, as: .filled, journal)
      orders.append(routed)
    }
    return orders.map(\.orderID)
  }

  /// Waits until what a sale needs has come into the wallet: trades are settled by their events.
  private func settlement(
    of sale: TradingV1.PlaceOrderRequest, for user: PlatformClient
  ) async throws {
    let wallets = try await step("see the purchases settled in the wallet") {
      while true {
        try Task.checkCancellation()
        let wallets = try await user.wallets()
        let wallet = wallets.first { $0.asset == sale.symbol }
        if let available = wallet?.available, available >= sale.quantity ?? 0 { return wallets }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    for wallet in wallets {
      say("      \(wallet.asset) \(wallet.available ?? 0), reserved \(wallet.reserved ?? 0)")
    }
  }

  private func place(
    _ request: TradingV1.PlaceOrderRequest, _ user: PlatformClient
  ) async throws -> TradingV1.Order {
    let limit = request.limitPrice.map { " at \($0) or better" } ?? ""
    let quantity = request.quantity.map(\.description) ?? "?"
    return try await step(
      "place \(DemoText.name(request.side)) \(quantity) \(request.symbol) "
        + "\(DemoText.name(request.type))\(limit)"
    ) { try await user.place(request) }
  }

  /// Waits until the stream says that an order stands so.
  private func settle(
    _ order: TradingV1.Order, as status: TradingV1.OrderStatus, _ journal: DemoJournal
  ) async throws {
    let step = "\(DemoText.state(of: order)) becomes \(DemoText.name(status))"
    try await within(Self.stepTimeout, step) {
      try await journal.wait { $0.latest(order.orderID)?.status == status }
    }
  }

  // MARK: - The audit

  private func audit(
    _ placed: [String], as user: PlatformClient, _ entries: DemoJournal.Entries
  ) async throws -> DemoReport {
    let evidence = try await step("read orders, trades, positions and quotes over REST") {
      let trades = try await user.trades(pageSize: Self.pageSize)
      var quotes: [DemoEvidence.QuoteKey: MarketDataV1.Quote] = [:]
      // What an exchange has executed names no quote of ours.
      for trade in trades where trade.quoteSequence > 0 {
        let key = DemoEvidence.QuoteKey(symbol: trade.symbol, sequence: trade.quoteSequence)
        quotes[key] = try await client.quote(of: key.symbol, sequence: key.sequence)
      }
      return DemoEvidence(
        placed: placed, orders: try await user.orders(pageSize: Self.pageSize), trades: trades,
        positions: try await user.positions(pageSize: Self.pageSize), quotes: quotes,
        snapshotSequence: entries.snapshotSequence ?? 0, updates: entries.updates)
    }
    var stream = AuditCheck("the stream brings quotes and no errors")
    stream.expect(entries.quoteUpdates > 0, "no quote was streamed")
    for complaint in entries.complaints { stream.fail(complaint) }
    return DemoReport(
      evidence: evidence, checks: DemoAudit.checks(evidence) + [stream],
      quoteCount: entries.quoteUpdates)
  }
}
