import Postgres
import Protobuf
import RPC
import ServiceKit
import TestSupport
import Testing
import TradingContract

@testable import TradingService

@Suite struct IdempotencyKeyTests {
  private func place(
    _ trader: Trader, key: String, _ quantity: String = "1", id: String = ""
  ) async throws -> TradingV1.Order {
    var options = trader.options
    try options.metadata.add(IdempotencyKey.metadataName, key)
    return try await trader.client.placeOrder(
      .order(.buy, quantity, at: "90", id: id), options: options)
  }

  @Test func aHundredAtOnceWithOneKeyAreOneOrder() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let answers = await withTaskGroup(of: Result<[UInt8], any Error>.self) { group in
        for _ in 0..<100 {
          group.addTask {
            do {
              return .success(try await place(trader, key: "k").serialized())
            } catch {
              return .failure(error)
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let order = try await place(trader, key: "k")
      #expect(try await trader.orders().map(\.orderID) == [order.orderID])
      for answer in answers {
        switch answer {
        case .success(let bytes): #expect(bytes == order.serialized())
        case .failure(let error):
          #expect((error as? RPCError)?.errorInfo?.reason == IdempotencyKey.inFlightReason)
        }
      }
    }
  }

  @Test func anOrderIsFoundAgainThoughItsAnswerIsLost() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await place(trader, key: "k")
      // As if the process had died after the order was stored.
      try await fixture.service.database.pool.execute(
        """
        UPDATE trading.idempotency
        SET code = NULL, message = '', body = NULL, claimed_until = now()
        """)
      let again = try await place(trader, key: "k")
      #expect(again.orderID == order.orderID)
      #expect(try await trader.orders().count == 1)
    }
  }

  @Test func aKeyAndAClientOrderIDAgree() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await place(trader, key: "k1", id: "mine")
      #expect(order.clientOrderID == "mine")
      // Another key, the same name: the same order, unless it is another one.
      #expect(try await place(trader, key: "k2", id: "mine").orderID == order.orderID)
      let taken = await #expect(throws: RPCError.self) {
        try await place(trader, key: "k3", "2", id: "mine")
      }
      #expect(taken?.code == .alreadyExists)
      // That is its answer for good, and the key is no other request's.
      let replayed = await #expect(throws: RPCError.self) {
        try await place(trader, key: "k3", "2", id: "mine")
      }
      #expect(replayed?.details == taken?.details)
      let reused = await #expect(throws: RPCError.self) {
        try await place(trader, key: "k1", "2", id: "mine")
      }
      #expect(reused?.errorInfo?.reason == IdempotencyKey.reusedReason)
      // Another user's key is another key.
      let other = try await place(try fixture.trader(), key: "k1", id: "mine")
      #expect(other.orderID != order.orderID)
      #expect(try await trader.orders().count == 1)
    }
  }
}
