import AssetContract
import Core
import Postgres
import RPC
import ServiceKit
import TestSupport
import Testing

/// What the database holds to by itself, whatever the program does.
@Suite struct LedgerTests {
  let fixture: AssetFixture
  let owner: Owner
  let order = AssetFixture.newID()

  init() async throws {
    fixture = try await AssetFixture()
    owner = try fixture.owner()
    try await fixture.deposit("100", to: owner.user)
    try await fixture.trading.reserve("40", order: order, of: owner.user)
    try await fixture.trading.capture(
      AssetFixture.newID(), give: "10", take: "1", fee: "1", order: order, of: owner.user)
  }

  @Test("the service's role may add to the ledger and read it, and change nothing")
  func appendOnly() async throws {
    let role = fixture.service.environment.database
    let columns = [
      "ledger_transactions": "reference", "postings": "amount", "settlements": "fee_amount",
      "deposits": "amount",
    ]
    for (table, column) in columns {
      for statement in [
        "DELETE FROM \(table)", "TRUNCATE \(table)", "UPDATE \(table) SET \(column) = \(column)",
      ] {
        await #expect("\(statement)") {
          try await role.execute(PostgresQuery(unsafeSQL: statement))
        } throws: {
          ($0 as? PostgresError)?.code == .insufficientPrivilege
        }
      }
      let count = try await role.query(PostgresQuery(unsafeSQL: "SELECT FROM \(table)")).count
      #expect(count > 0, "\(table)")
    }
  }

  @Test("a transaction whose postings do not add up to zero is not added")
  func balance() async throws {
    let role = fixture.service.environment.database
    let wrong: [[(place: String, asset: String, amount: Int)]] = [
      [], [("AVAILABLE", "USD", 5)], [("EXTERNAL", "USD", -5), ("AVAILABLE", "USD", 4)],
      [("EXTERNAL", "USD", -5), ("AVAILABLE", "EUR", 5)],
    ]
    for postings in wrong {
      await #expect("\(postings)") {
        try await role.execute(insertion(postings))
      } throws: {
        ($0 as? PostgresError)?.constraint == "postings_balance"
      }
    }
    #expect(try await fixture.trialBalance().balanced)
  }

  @Test(
    "one of many that does not add up to zero is refused, and so is what is added to one that does")
  func balanceOfEach() async throws {
    let role = fixture.service.environment.database
    await #expect {
      try await role.transaction { transaction in
        let rows = try await transaction.query(
          insertion([("EXTERNAL", "USD", -5), ("AVAILABLE", "USD", 5)]))
        let id = try rows[0].decode(OrderID.self, "transaction_id")
        transaction.send("INSERT INTO postings VALUES (\(id), 'FEES', 'USD', 1)")
      }
    } throws: {
      ($0 as? PostgresError)?.constraint == "postings_balance"
    }
    await #expect {
      try await role.execute(
        """
        WITH entry AS (
          INSERT INTO ledger_transactions (id, account_id, sequence, kind, reference, posted_at)
          SELECT gen_random_uuid(), \(owner.user)::uuid, n, 'DEPOSIT', 'r', now()
          FROM generate_series(91, 99) AS n RETURNING id, sequence
        )
        INSERT INTO postings
        SELECT id, place, 'USD', amount FROM entry
        CROSS JOIN (VALUES ('EXTERNAL', -5), ('AVAILABLE', 5)) AS p (place, amount)
        WHERE sequence <> 95 OR place = 'EXTERNAL'
        """)
    } throws: {
      ($0 as? PostgresError)?.constraint == "postings_balance"
    }
    #expect(try await fixture.trialBalance().balanced)
  }

  /// A transaction with postings, past everything that builds them.
  private func insertion(
    _ postings: [(place: String, asset: String, amount: Int)]
  ) -> PostgresQuery {
    """
    WITH entry AS (
      INSERT INTO ledger_transactions (id, account_id, sequence, kind, reference, posted_at)
      VALUES (gen_random_uuid(), \(owner.user)::uuid, 99, 'DEPOSIT', 'r', now()) RETURNING id
    )
    INSERT INTO postings
    SELECT entry.id, p.* FROM entry, unnest(
      \(postings.map(\.place))::text[], \(postings.map(\.asset))::text[],
      \(postings.map { Int64($0.amount) })
    ) AS p
    RETURNING transaction_id
    """
  }

  @Test("nobody adds to a transaction that was committed, though it would still balance")
  func complete() async throws {
    let role = fixture.service.environment.database
    await #expect {
      try await role.transaction { transaction in
        let id = try await transaction.query(
          "SELECT id FROM ledger_transactions WHERE kind = 'DEPOSIT'"
        ).one().decode(OrderID.self, "id")
        transaction.send(
          """
          INSERT INTO postings VALUES (\(id), 'FEES', 'EUR', 1), (\(id), 'VENUE', 'EUR', -1)
          """)
      }
    } throws: {
      ($0 as? PostgresError)?.constraint == "ledger_transactions_complete"
    }
  }

  @Test func noWalletAndNoHoldIsNegative() async throws {
    let role = fixture.service.environment.database
    let wrong: [(PostgresQuery, String)] = [
      ("UPDATE wallets SET available = -1", "wallets_available"),
      ("UPDATE wallets SET reserved = -1", "wallets_reserved"),
      ("UPDATE reservations SET captured = total + 1", "reservations_held"),
      ("UPDATE reservations SET captured = -1", "reservations_held"),
    ]
    for (statement, constraint) in wrong {
      await #expect("\(statement.sql)") {
        try await role.execute(statement)
      } throws: {
        ($0 as? PostgresError)?.constraint == constraint
      }
    }
  }

  @Test(
    "the trial balance tells a wallet that is not its postings' sum, and a hold that is nobody's")
  func differences() async throws {
    let before = try await fixture.trialBalance()
    #expect(before.balanced)
    #expect(
      before.lines.map(\.asset) == ["AAPL", "AAPL", "USD", "USD", "USD", "USD", "USD"])
    #expect(
      before.lines.map(\.ledgerAccount) == [
        .available, .venue, .available, .external, .fees, .reserved, .venue,
      ])
    #expect(before.lines.map(\.balance) == [1, -1, 60, -100, 1, 30, 9])
    let pool = fixture.service.database.pool
    try await pool.execute("UPDATE asset.wallets SET available = available + 1 WHERE asset = 'USD'")
    let moved = try await fixture.trialBalance()
    #expect(!moved.balanced && moved.walletDifferences == 1 && moved.reservationDifferences == 0)
    try await pool.execute("UPDATE asset.wallets SET available = available - 1 WHERE asset = 'USD'")
    try await pool.execute("UPDATE asset.reservations SET total = total + 1")
    let held = try await fixture.trialBalance()
    #expect(!held.balanced && held.walletDifferences == 0 && held.reservationDifferences == 1)
  }
}
