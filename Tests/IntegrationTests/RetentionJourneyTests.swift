import AssetContract
import Core
import EdgeClient
import Kafka
import Postgres
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// A deployment that keeps events for a day: what is older goes, and orders travel, also through a broker that lost
/// everything.
@Suite struct RetentionJourneyTests {
  @Test(.timeLimit(.minutes(10)))
  func eventsAreForgotten() async throws {
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) {
      for member in PlatformMember.services {
        $0.environment[member, default: [:]]["EVENTS_RETENTION_DAYS"] = "1"
      }
    } _: { platform in
      let ada = try await Trader.signUp("ada", on: platform)
      try await ada.buyAndSettle("first", shares: 1)
      let trading = PostgresPool(try await platform.database(schema: "trading"))
      let asset = PostgresPool(try await platform.database(schema: "asset"))
      let ledger = LedgerAudit(try await platform.database(schema: "trading"))
      try await eventually {
        try await trading.query("SELECT FROM outbox WHERE published_at IS NULL").isEmpty
      }
      // Who has not read an event within the retention has lost it: the wallet shows that the trade was read, the
      // reservation that the order's end was, by another consumer.
      try await eventually { try await ledger.fundsDisagreements() == 0 }
      for member in [PlatformMember.trading, .asset] { await platform.stop(member) }

      // A day, and the hour of margin, pass for what trading has told; twenty days for what one consumer was told.
      try await trading.execute("UPDATE outbox SET created_at = created_at - interval '26 hours'")
      let told = try await asset.query("SELECT FROM inbox").count
      let long = SystemClock().now - .seconds(20 * 86_400)
      let forgotten = UUIDv7.make(now: long).description
      try await asset.execute(
        "INSERT INTO inbox VALUES ('asset-trade-executions', \(forgotten)::uuid, \(long))")
      for member in [PlatformMember.asset, .trading] { try await platform.start(member) }
      try await eventually {
        try await trading.query(
          "SELECT FROM outbox WHERE created_at < now() - interval '25 hours'"
        ).isEmpty
      }
      try await eventually {
        try await asset.query("SELECT FROM inbox WHERE event_id = \(forgotten)::uuid").isEmpty
      }
      #expect(try await asset.query("SELECT FROM inbox").count >= told)

      // The refill has nothing to bring of what went, and what comes now is settled once.
      await platform.kill(.broker)
      try await platform.start(.broker)
      try await ada.buyAndSettle("second", shares: 2)
      #expect(try await asset.query("SELECT FROM settlements").count == 2)

      // A broker that kept more than it should brings an event of then: nobody can say whether it was applied.
      let producer = try KafkaProducer(
        KafkaConnection(brokers: .file(platform.brokerFile), clientID: "then"))
      _ = try await producer.publish(
        KafkaRecord(
          topic: "trade_executions", key: Array("then".utf8), value: Array("{}".utf8),
          headers: [
            KafkaHeader("event_id", forgotten),
            KafkaHeader("event_type", "alphintra.trading.v1.TradeExecution"),
            KafkaHeader("occurred_at", "\(long)"), KafkaHeader("producer", "trading"),
            KafkaHeader("sequence", "1"),
          ]))
      await producer.close()
      let desk = try await ServiceDesk(.asset, of: platform)
      try await eventually {
        try await desk.run(["dead-letters", "list", "asset"]).output
          .contains("\(forgotten)  tried 1  it is older than the inbox remembers")
      }
      try await eventually { try await ledger.fundsDisagreements() == 0 }
    }
  }
}

extension Trader {
  /// Buys a share, and waits until the wallet has so many.
  fileprivate func buyAndSettle(_ name: String, shares: Core.Decimal) async throws {
    let order = try await placeOnce(.market(.buy, 1, of: Self.symbol, clientOrderID: name))
    try await wait(for: order.orderID, toBe: .filled)
    try await eventually {
      let wallets = try await Self.patiently { try await client.wallets() }
      return wallets.first { $0.asset == Self.symbol }?.available == shares
    }
  }
}
