import AssetContract
import Core
import Postgres
import RPC
import TestSupport
import Testing

/// Everything at once, on a few accounts, by two replicas.
@Suite(.timeLimit(.minutes(5))) struct TrafficTests {
  @Test("after random traffic the ledger balances, and every hold belongs to an order")
  func randomTraffic() async throws {
    let first = try await AssetFixture()
    let second = try await AssetFixture(beside: first)
    let users = (0..<4).map { _ in AssetFixture.newID() }
    for user in users {
      for asset in ["USD", "AAPL"] { try await first.deposit("200", asset, to: user) }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        group.addTask {
          var random = SeededGenerator(seed: UInt64(worker))
          for _ in 0..<25 {
            try await Self.live(
              users[Int.random(in: 0..<users.count, using: &random)], [first, second], &random)
          }
        }
      }
      try await group.waitForAll()
    }
    let balance = try await first.trialBalance()
    #expect(balance.balanced, "\(balance)")
    #expect(
      try await first.count("SELECT count(*) FROM asset.wallets WHERE reserved <> 0") == 0)
    #expect(
      try await first.count(
        "SELECT count(*) FROM asset.reservations WHERE NOT is_final OR captured <> total") == 0)
    // Sequences have no gap, and each transaction told of itself once.
    #expect(
      try await first.count(
        """
        SELECT count(*) FROM asset.accounts a
        WHERE transaction_sequence <> (
          SELECT count(*) FROM asset.ledger_transactions WHERE account_id = a.id)
        """) == 0)
    #expect(
      try await first.count(
        """
        SELECT count(*)::int8 - (
          SELECT count(*) FROM asset.outbox WHERE topic = 'wallet_events')
        FROM asset.ledger_transactions
        """) == 0)
    #expect(try await first.count("SELECT count(*) FROM asset.settlements") > 100)
  }

  /// One order, from one replica to the other and back, each step once or more.
  private static func live(
    _ user: String, _ replicas: [AssetFixture], _ random: inout SeededGenerator
  ) async throws {
    let (order, isBuy) = (AssetFixture.newID(), Bool.random(using: &random))
    let amount = Int.random(in: 4...30, using: &random)
    func twice(_ body: (Trading) async throws -> Void) async throws {
      for replica in replicas.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random))
      {
        try await body(replica.trading)
      }
    }
    do {
      try await twice {
        try await $0.reserve(
          "\(amount)", isBuy ? "USD" : "AAPL", for: isBuy ? "AAPL" : "USD", order: order, of: user)
      }
    } catch let error as RPCError where error.errorInfo?.reason == "INSUFFICIENT_FUNDS" {
      // The other replica may have held it; whatever there is ends here.
      return try await twice { try await $0.release("0", version: 9, order: order, of: user) }
    }
    let trades = (0..<Int.random(in: 0...2, using: &random)).map { _ in AssetFixture.newID() }
    let isEarly = Bool.random(using: &random)
    if isEarly {
      try await twice {
        try await $0.release("\(trades.count * 2)", version: 5, order: order, of: user)
      }
    }
    for trade in trades {
      try await twice {
        try await $0.capture(
          trade, give: "2", take: "1", fee: "0.5", isBuy ? .give : .take, order: order, of: user)
      }
    }
    try await twice {
      try await $0.release("\(trades.count * 2)", version: 5, order: order, of: user)
    }
  }
}
