import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

@Suite struct CancelOrderTests {
  @Test func aCanceledOrderStaysCanceled() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.sell, "10", at: "100")
      let canceled = try await trader.cancel(order.orderID)
      #expect(canceled.status == .canceled && canceled.version == 3)
      #expect(try await trader.cancel(order.orderID) == canceled)
      #expect(try await trader.order(order.orderID) == canceled)
      #expect(try await fixture.orderEvents() == 2)
      // The venue has forgotten it: another seller gets the whole size.
      let other = try await trader.place(.sell, "10", at: "100")
      try fixture.market.quote(1, bid: "100", "10", ask: "101", "0")
      _ = try await trader.wait(for: other.orderID, .filled)
      #expect(try await trader.order(order.orderID) == canceled)
    }
  }

  @Test func someoneElsesOrderIsNotThere() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let owner = try fixture.trader()
      let order = try await owner.place(.buy, "10", at: "100")
      let other = try fixture.trader()
      let unknown = TradingFixture.newUser()
      for id in [order.orderID, unknown, "x", order.orderID.uppercased(), "\0"] {
        for error in [
          await failure { try await other.cancel(id) }, await failure { try await other.order(id) },
        ] {
          #expect(error?.code == .notFound, "\(id)")
          #expect(error?.errorInfo?.reason == "ORDER_NOT_FOUND")
        }
      }
      #expect(try await owner.order(order.orderID) == order)
    }
  }

  @Test func aFilledOrderCannotBeCanceled() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "100")
      try fixture.market.quote(1, bid: "99", "10", ask: "100", "10")
      let filled = try await trader.wait(for: order.orderID, .filled)
      let error = await failure { try await trader.cancel(order.orderID) }
      #expect(error?.code == .aborted && error?.errorInfo?.reason == "ORDER_FINAL")
      #expect(error?.errorInfo?.metadata["status"] == "FILLED")
      #expect(try await trader.order(order.orderID) == filled)
    }
  }

  @Test("whoever wins the race, nothing is canceled and traded")
  func cancelsAndFillsRace() async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_RISK_MAX_POSITION": "100000"])
    try await fixture.running {
      let traders = try (0..<4).map { _ in try fixture.trader() }
      try await withThrowingTaskGroup { group in
        for trader in traders {
          group.addTask {
            for _ in 0..<20 {
              let order = try await trader.place(.buy, "5", at: "100")
              do {
                let canceled = try await trader.cancel(order.orderID)
                #expect(canceled.status == .canceled)
              } catch {
                #expect(try await trader.order(order.orderID).status == .filled)
              }
            }
          }
        }
        group.addTask {
          for sequence in 1...400 as ClosedRange<Int64> {
            try fixture.market.quote(sequence, bid: "99", "10", ask: "100", "7")
            await Task.yield()
          }
        }
        try await group.waitForAll()
      }
      for trader in traders {
        let trades = try await trader.trades()
        for order in try await trader.orders() {
          #expect(order.status == .canceled || order.status == .filled)
          let filled = trades.filter { $0.orderID == order.orderID }.compactMap(\.quantity)
          #expect(filled.reduce(.zero, +) == order.filledQuantity)
          #expect((order.status == .filled) == (order.filledQuantity == 5))
        }
      }
      let wrong: PostgresQuery = """
        SELECT count(*) FROM trading.accounts WHERE open_notional <> 0
        """
      #expect(try await fixture.count(wrong) == 0)
    }
  }
}
