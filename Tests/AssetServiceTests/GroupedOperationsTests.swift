import AssetContract
import AssetDomain
import Core
import Postgres
import ProcessKit
import ServiceKit
import TestSupport
import Testing

@testable import AssetService

/// Operations of many owners in one transaction.
@Suite(.timeLimit(.minutes(5))) struct GroupedOperationsTests {
  @Test("in batches of any size, operations come to what they come to one by one", arguments: 1...4)
  func sameAsOneByOne(seed: UInt64) async throws {
    let operations = Self.operations(seed)
    let (single, grouped) = (try await AssetFixture(), try await AssetFixture())
    var random = SeededGenerator(seed: seed)
    let expected = try await Self.apply(operations, to: single) { 1 }
    let found = try await Self.apply(operations, to: grouped) {
      Int.random(in: 1...40, using: &random)
    }
    #expect(found == expected)
    for table in Self.tables {
      #expect(try await Self.rows(table, of: grouped) == Self.rows(table, of: single), "\(table)")
    }
    #expect(try await grouped.trialBalance().balanced)
    // The operations were not all refused.
    #expect(try await grouped.count("SELECT count(*) FROM asset.settlements") > 5)
  }

  @Test func aReservationThatAnotherAccountTookFailsAlone() async throws {
    let fixture = try await AssetFixture()
    let store = FundsStore(
      database: fixture.service.environment.database, outbox: fixture.service.environment.outbox,
      clock: SystemClock(), crashPoints: .none)
    let users = (0..<20).map { _ in AssetFixture.newID() }
    for user in users { try await fixture.deposit("10", to: user) }
    let order = OrderID(rawValue: AssetFixture.newID())
    // All under the name of one order, beside one of its own each.
    let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
      for user in users {
        let account = AccountID(rawValue: user)
        group.addTask {
          do throws(any Error) {
            _ = try await store.perform(try Self.reserve("4", order), for: account)
            return false
          } catch is FundsRejection {
            return true
          }
        }
        group.addTask {
          let own = OrderID(rawValue: AssetFixture.newID())
          _ = try await store.perform(try Self.reserve("5", own), for: account)
          return false
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(failures == users.count - 1)
    #expect(try await fixture.count("SELECT count(*) FROM asset.reservations") == users.count + 1)
    #expect(try await fixture.trialBalance().balanced)
  }

  private static func reserve(_ amount: String, _ order: OrderID) throws -> FundsOperation {
    let terms = try #require(
      ReservationTerms(
        giveAsset: AssetID(rawValue: "USD"), takeAsset: AssetID(rawValue: "AAPL"),
        amount: Decimal(amount)))
    return .reserve(Reserve(orderID: order, terms: terms))
  }

  // MARK: - The same twice

  private typealias Step = (account: AccountID, operation: FundsOperation)

  /// Steps of a few owners, orders and trades, many of which are repeated, late, or of somebody else.
  private static func operations(_ seed: UInt64) -> [Step] {
    var random = SeededGenerator(seed: seed)
    let accounts = (0..<5).map { _ in AccountID(rawValue: AssetFixture.newID()) }
    let orders = (0..<40).map { _ in OrderID(rawValue: AssetFixture.newID()) }
    let trades = (0..<60).map { _ in TradeID(rawValue: AssetFixture.newID()) }
    let (usd, aapl) = (AssetID(rawValue: "USD"), AssetID(rawValue: "AAPL"))
    func owner(of order: Int) -> AccountID { accounts[order % accounts.count] }
    return (0..<600).compactMap { _ in
      let order = Int.random(in: 0..<orders.count, using: &random)
      // Now and then of another owner.
      let account =
        Int.random(in: 0..<20, using: &random) == 0
        ? accounts.randomElement(using: &random) ?? accounts[0] : owner(of: order)
      let amount = Decimal(Int.random(in: 1...30, using: &random))
      let operation: FundsOperation? =
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
          CreateDeposit(
            money: Money(asset: Bool.random(using: &random) ? usd : aapl, amount: amount),
            reference: "reference \(Int.random(in: 0..<50, using: &random))",
            operatorID: UserID(rawValue: "operator")
          ).map { .deposit($0) }
        case 1...4:
          ReservationTerms(
            giveAsset: order % 2 == 0 ? usd : aapl, takeAsset: order % 2 == 0 ? aapl : usd,
            amount: Decimal(order % 7 + 3)
          ).map { .reserve(Reserve(orderID: orders[order], terms: $0)) }
        case 5, 6:
          .adjust(
            AdjustReservation(
              orderID: orders[order], version: Int64.random(in: 1...6, using: &random),
              total: Decimal(Int.random(in: 0...12, using: &random)),
              isFinal: Int.random(in: 0..<4, using: &random) == 0))
        default:
          SettlementTerms(
            orderID: orders[order], give: Decimal(Int.random(in: 1...3, using: &random)),
            take: 2, fee: 1, feeSide: order % 2 == 0 ? .give : .take
          ).map {
            .capture(
              Capture(tradeID: trades[Int.random(in: 0..<trades.count, using: &random)], terms: $0))
          }
        }
      return operation.map { (account, $0) }
    }
  }

  /// Applies all in their order, so many at a time, and tells what each came to.
  private static func apply(
    _ steps: [Step], to fixture: AssetFixture, sizes: () -> Int
  ) async throws -> [String] {
    let environment = fixture.service.environment
    let books = FundsBooks(
      outbox: environment.outbox, clock: SystemClock(), crashPoints: .none)
    var (outcomes, rest) = ([String](), steps[...])
    while !rest.isEmpty {
      let batch = rest.prefix(sizes()).map {
        FundsBooks.Submission(key: $0.account, operation: $0.operation)
      }
      rest = rest.dropFirst(batch.count)
      let results = try await environment.database.transaction { transaction in
        try await books.apply(batch, in: transaction)
      }
      outcomes += results.map { result in
        switch result {
        case .success(let outcome):
          let reservation = outcome.reservation.map {
            "\($0.orderID) \($0.total) \($0.captured) \($0.version) \($0.isFinal)"
          }
          return "\(reservation ?? "") \(outcome.settlement?.sequence ?? 0) "
            + "\(outcome.deposit?.reference ?? "")"
        // Without the values: an id of the ledger's own is another one in each database.
        case .failure(let error): return "\(error)".prefix { $0 != "(" && $0 != " " }.description
        }
      }
    }
    return outcomes
  }

  /// What is stored, without ids and times of storage's own.
  private static let tables: [PostgresQuery] = [
    "SELECT id, transaction_sequence, confirmation_sequence FROM asset.accounts",
    "SELECT account_id, asset, available, reserved FROM asset.wallets",
    """
    SELECT order_id, account_id, give_asset, take_asset, amount, total, captured, version, is_final
    FROM asset.reservations
    """,
    """
    SELECT t.account_id, t.sequence, t.kind, t.order_id, t.reference, p.ledger_account, p.asset,
      p.amount
    FROM asset.ledger_transactions t JOIN asset.postings p ON p.transaction_id = t.id
    """,
    "SELECT trade_id, order_id, account_id, sequence, give_amount, take_amount FROM asset.settlements",
    "SELECT account_id, asset, amount, reference FROM asset.deposits",
    "SELECT topic, key, sequence, event_type FROM asset.outbox",
  ]

  private static func rows(_ table: PostgresQuery, of fixture: AssetFixture) async throws
    -> [String]
  {
    try await fixture.service.database.pool.query(
      "SELECT r::text AS row FROM (\(table)) AS r ORDER BY 1"
    ).map { try $0.decode(String.self, "row") }
  }
}
