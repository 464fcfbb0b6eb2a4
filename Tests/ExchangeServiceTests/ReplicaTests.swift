import Core
import ExchangeContract
import Postgres
import RPC
import TestSupport
import Testing

/// Two replicas on one database.
@Suite struct ReplicaTests {
  @Test("an order of one replica is matched by the other")
  func ordersOfAnotherReplica() async throws {
    let (here, there) = (ScriptedMarket(symbols: symbols), ScriptedMarket(symbols: symbols))
    let first = try await ExchangeFixture(here)
    let second = try await ExchangeFixture(
      there, settings: ["EXCHANGE_RELOAD": "0.05"], beside: first)
    try await first.running {
      try await second.running {
        let order = try await first.sender().submit(.buy, "10", at: "100")
        let short = try await first.sender().submit(
          .buy, "10", at: "99", expiresAt: try await first.now() + .milliseconds(200))
        // Only the second replica hears of the quote, maybe before it knows the order.
        try there.quote(1, bid: "98", "0", ask: "100", "10")
        try await first.sender().wait(for: order, .filled)
        try await first.sender().wait(for: short, .expired)
      }
    }
  }

  @Test("a quote's size is there once for both, and no order is filled beyond its quantity")
  func sharedQuotes() async throws {
    let market = ScriptedMarket(symbols: symbols)
    let first = try await ExchangeFixture(market, settings: ["EXCHANGE_RELOAD": "0.05"])
    let second = try await ExchangeFixture(
      market, settings: ["EXCHANGE_RELOAD": "0.05"], beside: first)
    try await first.running {
      try await second.running {
        try await withThrowingTaskGroup { group in
          for (number, replica) in [first, second, first, second].enumerated() {
            group.addTask {
              let sender = replica.sender(number < 2 ? "sim" : "other")
              var random = SeededGenerator(seed: UInt64(number))
              for _ in 0..<30 {
                let order = try await sender.submit(
                  Bool.random(using: &random) ? .buy : .sell,
                  "\(Int.random(in: 1...9, using: &random))",
                  at: "\(Int.random(in: 98...102, using: &random))")
                if Int.random(in: 0..<4, using: &random) == 0 {
                  try await sender.cancel(order.exchangeOrderID)
                }
              }
            }
          }
          group.addTask {
            var random = SeededGenerator(seed: 99)
            for sequence in 1...150 as ClosedRange<Int64> {
              let middle = Int.random(in: 98...102, using: &random)
              // No two quotes have a price in common, so that a trade's price tells its quote.
              try market.quote(
                sequence, bid: "\(middle).\(1000 + sequence)", "5",
                ask: "\(middle).\(5000 + sequence)", "5")
              try await Task.sleep(for: .milliseconds(Int.random(in: 0...10, using: &random)))
            }
          }
          try await group.waitForAll()
        }
        // A quote that fills whatever still works.
        try market.quote(1000, bid: "200", "100000", ask: "1", "100000")
        try await eventually {
          try await first.count(
            "SELECT count(*) FROM exchange.orders WHERE state IN ('OPEN', 'PARTIALLY_FILLED')") == 0
        }
      }
    }
    try await expectConsistency(first)
  }

  private func expectConsistency(_ fixture: ExchangeFixture) async throws {
    #expect(
      try await fixture.count(
        "SELECT count(*) FROM exchange.execution_reports WHERE type = 'TRADE'") > 0)
    // Each order is the sum of its trades.
    #expect(
      try await fixture.count(
        """
        SELECT count(*) FROM exchange.orders o
        LEFT JOIN (
          SELECT order_id, sum(last_quantity) AS quantity, sum(last_quantity * last_price) AS notional
          FROM exchange.execution_reports WHERE type = 'TRADE' GROUP BY order_id
        ) t ON t.order_id = o.id
        WHERE o.filled_quantity <> coalesce(t.quantity, 0)
          OR o.filled_notional <> coalesce(t.notional, 0) OR o.filled_quantity > o.quantity
        """) == 0)
    // Each report says what was traded up to it.
    #expect(
      try await fixture.count(
        """
        SELECT count(*) FROM (
          SELECT r.filled_quantity, sum(coalesce(r.last_quantity, 0)) OVER (
            PARTITION BY r.order_id ORDER BY r.sequence) AS traded
          FROM exchange.execution_reports r
        ) x WHERE x.filled_quantity <> x.traded
        """) == 0)
    // Sequences have no gap, and each order ends once.
    #expect(
      try await fixture.count(
        """
        SELECT count(*) FROM exchange.accounts a WHERE a.report_sequence <> (
          SELECT count(*) FROM exchange.execution_reports r WHERE r.account = a.name)
        """) == 0)
    #expect(
      try await fixture.count(
        """
        SELECT count(*) FROM exchange.orders o WHERE 1 <> (
          SELECT count(*) FROM exchange.execution_reports r WHERE r.order_id = o.id
            AND r.state NOT IN ('OPEN', 'PARTIALLY_FILLED'))
        """) == 0)
    // Each quote but the last showed five on each side.
    #expect(
      try await fixture.count(
        """
        SELECT count(*) FROM (
          SELECT sum(r.last_quantity) AS traded
          FROM exchange.execution_reports r JOIN exchange.orders o ON o.id = r.order_id
          WHERE r.type = 'TRADE' AND r.last_price NOT IN (1, 200)
          GROUP BY o.side, r.last_price
        ) x WHERE x.traded > 5
        """) == 0)
  }
}
