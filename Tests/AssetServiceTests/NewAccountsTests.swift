import AssetContract
import AssetDomain
import Core
import Postgres
import ProcessKit
import ServiceKit
import TestSupport
import Testing

@testable import AssetService

/// Batches over the same accounts, some of which are new, do not wait for each other in a circle.
@Suite(.timeLimit(.minutes(5))) struct NewAccountsTests {
  let fixture: AssetFixture

  init() async throws { fixture = try await AssetFixture() }

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
      try await apply(to: Self.newAccounts(1), in: database)
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
        CREATE TRIGGER lingers BEFORE INSERT ON asset.accounts
        FOR EACH ROW EXECUTE FUNCTION linger();
        """)
    }
    try await withThrowingTaskGroup { group in
      try await pool.transaction { transaction in
        // Read behind the accounts: whoever has looked for these waits here.
        try await transaction.execute("LOCK TABLE asset.deposits IN ACCESS EXCLUSIVE MODE")
        group.addTask { try await apply(to: accounts, in: fixture.service.environment.database) }
        try await eventually { try await lockWaits() == 1 }
        try await pool.execute("INSERT INTO asset.accounts (id) VALUES (\(accounts[1]))")
        group.addTask { try await apply(to: accounts, in: slow) }
        try await eventually { try await lockWaits() == 2 }
      }
      try await group.waitForAll()
    }
    #expect(try await fixture.count("SELECT count(*) FROM asset.accounts") == 4)
  }

  @Test func manyBatchesOverTheSameNewAccounts() async throws {
    for round in 0..<20 as Range<UInt64> {
      let accounts = Self.newAccounts(12)
      try await withThrowingTaskGroup { group in
        for number in 0..<4 as Range<UInt64> {
          group.addTask {
            var random = SeededGenerator(seed: 100 * round + number)
            for _ in 0..<6 {
              let count = Int.random(in: 1...accounts.count, using: &random)
              try await apply(
                to: Array(accounts.shuffled(using: &random).prefix(count)),
                in: fixture.service.environment.database)
            }
          }
        }
        try await group.waitForAll()
      }
    }
    #expect(try await fixture.trialBalance().balanced)
  }

  /// New ones, in the order of their ids.
  private static func newAccounts(_ count: Int) -> [AccountID] {
    (0..<count).map { _ in AssetFixture.newID() }.sorted().map { AccountID(rawValue: $0) }
  }

  /// Credits each, in one transaction that is not repeated.
  private func apply(to accounts: [AccountID], in database: PostgresPool) async throws {
    let environment = fixture.service.environment
    let books = FundsBooks(outbox: environment.outbox, clock: SystemClock(), crashPoints: .none)
    let batch = try accounts.map { account in
      FundsBooks.Submission(
        key: account,
        operation: .deposit(
          try #require(
            CreateDeposit(
              money: Money(asset: AssetID(rawValue: "USD"), amount: 1),
              reference: AssetFixture.newID(), operatorID: UserID(rawValue: "operator")))))
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
