import Core
import Postgres
import ProcessKit
import ServiceKit
import TestSupport
import Testing
import TradingDomain

@testable import TradingService

/// Batches over the same accounts, some of which are new, do not wait for each other in a circle.
@Suite(.timeLimit(.minutes(5))) struct NewAccountsTests {
  let fixture: TradingFixture

  init() async throws { fixture = try await TradingFixture() }

  /// One batch has found neither account when the second is made; another has found that one.
  ///
  /// If the other locked it, it would then wait for the first account, whose maker waits for the second.
  @Test func anAccountThatIsMadeMeanwhileIsNotLockedOutOfOrder() async throws {
    let pool = fixture.service.database.pool
    let accounts = Self.newAccounts(2)
    var configuration = fixture.service.environment.database.configuration
    configuration.applicationName = "slow"
    let slow = PostgresPool(configuration)
    // What waits for a table below is to be the statements, not their preparation, which comes before them all.
    for database in [fixture.service.environment.database, slow] {
      try await look(at: Self.newAccounts(1), in: database)
    }
    try await pool.transaction { transaction in
      try await transaction.script(
        """
        CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF current_setting('application_name') = 'slow' THEN PERFORM pg_sleep(0.5); END IF;
          RETURN NEW;
        END
        $$;
        CREATE TRIGGER lingers BEFORE INSERT ON trading.accounts
        FOR EACH ROW EXECUTE FUNCTION linger();
        """)
    }
    try await withThrowingTaskGroup { group in
      try await pool.transaction { transaction in
        // Read behind the accounts: whoever has looked for these waits here.
        try await transaction.execute("LOCK TABLE trading.orders IN ACCESS EXCLUSIVE MODE")
        group.addTask { try await look(at: accounts, in: fixture.service.environment.database) }
        try await eventually { try await lockWaits() == 1 }
        try await pool.execute("INSERT INTO trading.accounts (id) VALUES (\(accounts[1]))")
        group.addTask { try await look(at: accounts, in: slow) }
        try await eventually { try await lockWaits() == 2 }
      }
      try await group.waitForAll()
    }
    #expect(try await fixture.count("SELECT count(*) FROM trading.accounts") == 4)
  }

  /// New ones, in the order of their ids.
  private static func newAccounts(_ count: Int) -> [AccountID] {
    (0..<count).map { _ in TradingFixture.newUser() }.sorted().map { AccountID(rawValue: $0) }
  }

  /// Locks the accounts for nothing, in one transaction that is not repeated.
  private func look(at accounts: [AccountID], in database: PostgresPool) async throws {
    let environment = fixture.service.environment
    let limits = try #require(
      RiskLimits(maxOrderNotional: 1, maxPosition: 1, maxOpenNotional: 1, maxWorkingOrders: 1))
    let books = LedgerBooks(
      outbox: environment.outbox, crashPoints: .none, defaultLimits: limits)
    let batch = accounts.map { account in
      LedgerBooks.Submission(
        key: account,
        operation: LedgerOperation(
          subject: .existing(OrderID(rawValue: TradingFixture.newUser())),
          symbol: Symbol(rawValue: "AAPL"), decide: { _, _ in nil }, tellsVenue: { _ in false },
          crashPoint: .placeOrderBeforeOpenCommit))
    }
    try await database.transaction { transaction in
      for outcome in try await books.apply(batch, in: transaction) { _ = try outcome.get() }
    }
  }

  private func lockWaits() async throws -> Int {
    try await fixture.count(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'
      """)
  }
}
