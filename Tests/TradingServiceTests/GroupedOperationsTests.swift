import Core
import Postgres
import ProcessKit
import ServiceKit
import TestSupport
import Testing
import TradingDomain

@testable import TradingService

/// Orders of many accounts in one transaction.
@Suite(.timeLimit(.minutes(5))) struct GroupedOperationsTests {
  @Test("in batches of any size, orders come to what they come to one by one", arguments: 1...4)
  func sameAsOneByOne(seed: UInt64) async throws {
    let operations = try Self.operations(seed)
    let (single, grouped) = (try await TradingFixture(), try await TradingFixture())
    var random = SeededGenerator(seed: seed)
    let expected = try await Self.apply(operations, to: single) { 1 }
    let found = try await Self.apply(operations, to: grouped) {
      Int.random(in: 1...40, using: &random)
    }
    #expect(found == expected)
    for table in Self.tables {
      #expect(try await Self.rows(table, of: grouped) == Self.rows(table, of: single), "\(table)")
    }
    // All of it happened: open, refused for funds, refused for limits, repeated.
    for state in ["PENDING_NEW", "OPEN", "REJECTED"] {
      #expect(
        try await grouped.count("SELECT count(*) FROM trading.orders WHERE state = \(state)") > 3)
    }
    #expect(found.contains { $0.hasPrefix("risk") } && found.contains { $0.hasPrefix("same") })
  }

  // MARK: - The same twice

  private typealias Step = (account: AccountID, operation: LedgerOperation)

  /// Orders of a few accounts are placed, some of them twice, and opened or refused, some of them twice.
  private static func operations(_ seed: UInt64) throws -> [Step] {
    var random = SeededGenerator(seed: seed)
    let accounts = (0..<5).map { _ in AccountID(rawValue: TradingFixture.newUser()) }
    let symbols = ["AAPL", "MSFT"].map { Symbol(rawValue: $0) }
    let instruments = try symbols.map { symbol in
      let instrument = Instrument(
        symbol: symbol, priceIncrement: try Decimal("0.01"), lotSize: 1,
        quoteAsset: Asset(rawValue: "USD"))
      return (symbol, try #require(instrument))
    }
    let fees = try #require(FeeSchedule(rate: try Decimal("0.0001"), scale: 4))
    let venue = try #require(
      VenueTerms(fees: fees, marketCollar: .zero, marketLifetime: .seconds(60)))
    let market = Dictionary(uniqueKeysWithValues: instruments)
    var placed: [(account: AccountID, id: OrderID, symbol: Symbol)] = []
    return (0..<400).map { number in
      if placed.isEmpty || Int.random(in: 0..<5, using: &random) < 3 {
        let account = accounts[Int.random(in: 0..<accounts.count, using: &random)]
        let symbol = symbols[Int.random(in: 0...1, using: &random)]
        let id = OrderID(rawValue: TradingFixture.newUser())
        placed.append((account, id, symbol))
        let place = PlaceOrder(
          clientOrderID: "name-\(Int.random(in: 0..<100, using: &random))",
          symbol: symbol.rawValue, side: Bool.random(using: &random) ? .buy : .sell, type: .limit,
          quantity: Decimal(Int.random(in: 1...3, using: &random)),
          limitPrice: Decimal(Int.random(in: 1...2, using: &random)))
        let placing = LedgerOperation(
          subject: .placing(ClientOrderID(rawValue: place.clientOrderID)), symbol: symbol,
          decide: { account, namesake in
            guard namesake == nil else { return nil }
            return try place.decide(
              for: account, among: market, quote: nil, venue: venue, id: id, at: time(number))
          }, tellsVenue: { _ in false }, crashPoint: .placeOrderBeforePending)
        return (account, placing)
      }
      // Now and then by an account that has no such order.
      let order = placed[Int.random(in: 0..<placed.count, using: &random)]
      let account =
        Int.random(in: 0..<10, using: &random) == 0 ? accounts[0] : order.account
      let isShort = Int.random(in: 0..<4, using: &random) == 0
      let opening = LedgerOperation(
        subject: .existing(order.id), symbol: order.symbol,
        decide: { account, order in
          guard let order, order.state == .pendingNew else { return nil }
          let shortage = FundsShortage(
            asset: order.giveAsset, requested: order.reservationTotal, available: .zero)
          return try OpenOrder.decide(
            order, of: account, hasMarket: true, shortage: isShort ? shortage : nil,
            at: time(number))
        }, tellsVenue: { $0.state == .open }, crashPoint: .placeOrderBeforeOpenCommit)
      return (account, opening)
    }
  }

  private static func time(_ number: Int) -> Instant {
    Instant.epoch + .seconds(1_700_000_000 + number)
  }

  /// Applies all in their order, so many at a time, and tells what each came to.
  private static func apply(
    _ steps: [Step], to fixture: TradingFixture, sizes: () -> Int
  ) async throws -> [String] {
    let environment = fixture.service.environment
    let limits = try #require(
      RiskLimits(
        maxOrderNotional: 5, maxPosition: 100, maxOpenNotional: 60, maxWorkingOrders: 1000))
    let books = LedgerBooks(
      outbox: environment.outbox, crashPoints: .none, defaultLimits: limits)
    var (outcomes, rest) = ([String](), steps[...])
    while !rest.isEmpty {
      let batch = rest.prefix(sizes()).map {
        LedgerBooks.Submission(key: $0.account, operation: $0.operation)
      }
      rest = rest.dropFirst(batch.count)
      let results = try await environment.database.transaction { transaction in
        try await books.apply(batch, in: transaction)
      }
      outcomes += results.map { result in
        switch result {
        case .success(let outcome):
          let order = outcome.order.map { "\($0.id) \($0.state) \($0.version)" } ?? "none"
          return "\(outcome.change == nil ? "same" : "changed") \(order)"
        case .failure(let error): return "\(error)"
        }
      }
    }
    return outcomes
  }

  /// What is stored, without ids and times of storage's own.
  private static let tables: [PostgresQuery] = [
    "SELECT id, version, order_event_sequence, open_notional, working_orders FROM trading.accounts",
    "SELECT * FROM trading.orders", "SELECT * FROM trading.working_orders",
    "SELECT * FROM trading.positions", "SELECT order_id FROM trading.venue_inbox",
    "SELECT topic, key, sequence, event_type, occurred_at FROM trading.outbox",
  ]

  private static func rows(
    _ table: PostgresQuery, of fixture: TradingFixture
  ) async throws -> [String] {
    try await fixture.service.database.pool.query(
      "SELECT r::text AS row FROM (\(table)) AS r ORDER BY 1"
    ).map { try $0.decode(String.self, "row") }
  }
}
