import Core
import Postgres
import ServiceKit
import TestSupport
import Testing
import TradingContract

@testable import TradingService

/// Orders from before funds were held for orders.
@Suite struct UnfundedOrdersTests {
  @Test("an order that nothing stands behind ends with the migration, and no other does")
  func theyEnd() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_EXPIRY_INTERVAL": "0.05"])
    try await fixture.running {
      let trader = try fixture.trader()
      let old = try await trader.place(.buy, "10", at: "90")
      let new = try await trader.place(.buy, "10", at: "90")
      let pool = fixture.service.database.pool
      try await pool.transaction { transaction in
        // As such orders were left: the reservation is a total of nothing.
        try await transaction.script(
          """
          SET LOCAL search_path TO trading;
          ALTER TABLE orders DISABLE TRIGGER orders_refuse_lost_update;
          UPDATE orders SET reservation_total = 0 WHERE id = '\(old.orderID)';
          ALTER TABLE orders ENABLE TRIGGER orders_refuse_lost_update;
          \(String(decoding: PackageResources.V0008__expire_unfunded_orders_sql, as: UTF8.self))
          """)
      }
      let ended = try await trader.wait(for: old.orderID, .expired)
      #expect(ended.version == old.version + 1)
      #expect(try await trader.order(new.orderID).status == .open)
      let told = try await fixture.count(
        """
        SELECT count(*) FROM trading.outbox
        WHERE topic = 'order_events' AND key = \(trader.user) AND sequence > 2
        """)
      #expect(told == 1)
      // Run again, it ends nothing else.
      try await pool.transaction { transaction in
        try await transaction.script(
          """
          SET LOCAL search_path TO trading;
          \(String(decoding: PackageResources.V0008__expire_unfunded_orders_sql, as: UTF8.self))
          """)
      }
      let expiring = try await fixture.count(
        "SELECT count(*) FROM trading.working_orders WHERE expires_at IS NOT NULL")
      #expect(expiring == 0)
    }
  }
}
