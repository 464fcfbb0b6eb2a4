import Core
import EdgeClient
import Postgres
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// An event that no broker takes, until an operator gives it up by the command that a person calls; and what the
/// platform's consumers say of how far they are.
@Suite struct RefusedEventJourneyTests {
  @Test(.timeLimit(.minutes(10)))
  func anEventThatIsTooLarge() async throws {
    try await PlatformFixture.run { platform in
      let ada = try await Trader.signUp("ada", on: platform)
      let bob = try await Trader.signUp("bob", on: platform)
      let desk = try await ServiceDesk(.trading, of: platform)
      let database = PostgresPool(try await platform.database(schema: "trading"))
      try await database.execute(
        """
        INSERT INTO outbox (
          event_id, topic, key, sequence, event_type, payload, content_type, occurred_at)
        VALUES (gen_random_uuid(), 'order_events', \(ada.userID), 0, 'large',
          \([UInt8](repeating: 0x61, count: 1_020_000)), 'application/json', now())
        """)
      try await eventually {
        try await desk.run(["outbox", "list", "trading"]).output.hasSuffix("1 refused\n")
      }
      for trader in [ada, bob] {
        let order = try await trader.placeOnce(
          .market(.buy, 1, of: Trader.symbol, clientOrderID: "one"))
        try await trader.wait(for: order.orderID, toBe: .filled)
      }
      // Of the one account nothing is told any more, of the other all is.
      func waiting(_ trader: Trader) async throws -> Int {
        try await database.query(
          """
          SELECT FROM outbox
          WHERE topic = 'order_events' AND key = \(trader.userID) AND published_at IS NULL
          """
        ).count
      }
      try await eventually { try await waiting(bob) == 0 }
      #expect(try await waiting(ada) >= 3)
      #expect(try await desk.metric("outbox_refused_events", #"{service="trading"}"#) == "1")

      let list = try await desk.run(["outbox", "list", "trading"])
      let line = String(list.output.split(separator: "\n").first ?? "")
      #expect(line.contains("order_events  key \(ada.userID)"), "\(list)")
      let number = String(line.prefix(while: \.isNumber))
      let shown = try await desk.run(["outbox", "show", "trading", number])
      #expect(shown.output.contains("type: large\n"), "\(shown.output.prefix(500))")
      #expect(shown.output.contains("payload: 1020000 bytes\n"))
      let given = try await desk.run(["outbox", "discard", "trading", number])
      #expect(given.output.hasPrefix("event \(number) is given up; "), "\(given)")
      try await eventually { try await waiting(ada) == 0 }
      #expect(try await desk.metric("outbox_refused_events", #"{service="trading"}"#) == "0")
      let again = try await desk.run(["outbox", "discard", "trading", number])
      #expect(again.exitCode == 1)
      #expect(again.errors.contains("the broker refuses no event \(number)"), "\(again.errors)")

      try await consumersAreUpToDate(on: platform)
      try await LedgerAudit(try await platform.database(schema: "trading")).check()
    }
  }

  /// Both of asset management's consumers read all of their partitions, and have nothing left to do.
  private func consumersAreUpToDate(on platform: Platform) async throws {
    let asset = try await ServiceDesk(.asset, of: platform)
    for (group, topic) in [
      ("asset-order-events", "order_events"), ("asset-trade-executions", "trade_executions"),
    ] {
      let labels = #"{group="\#(group)",topic="\#(topic)"}"#
      #expect(try await asset.metric("kafka_consumer_partitions", labels) == "6")
      try await eventually {
        let lags = try await asset.metrics("kafka_consumer_lag_messages").filter {
          $0.labels.contains(#"group="\#(group)""#)
        }
        return !lags.isEmpty && lags.allSatisfy { $0.value == "0" }
      }
      #expect(
        try await asset.metric("inbox_oldest_event_age_seconds", #"{group="\#(group)"}"#) != nil)
    }
    let trading = try await ServiceDesk(.trading, of: platform)
    #expect(try await trading.metric("outbox_rows", #"{service="trading"}"#) != nil)
    let age = try await trading.metric("outbox_oldest_row_age_seconds", #"{service="trading"}"#)
    #expect(age.flatMap { Double($0) }.map { $0 > 0 } == true)
  }
}
