import Core
import ExchangeContract
import RPC
import TestSupport
import Testing

@Suite struct WatchReportsTests {
  @Test("what is stored comes first, from any sequence on, and then what is new")
  func resumes() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      var stream = try await sender.watch().makeAsyncIterator()
      let order = try await sender.submit(.buy, "10", at: "100")
      #expect(try await stream.next()?.order == order)
      try await sender.cancel(order.exchangeOrderID)
      try await fixture.sender("other").submit(.buy, "10", at: "100")
      let canceled = try #require(try await stream.next())
      #expect(canceled.sequence == 2 && canceled.type == .canceled)
      #expect(canceled.reportedAt == canceled.order?.updatedAt)
      #expect(try await sender.reports(1, after: 1) == [canceled])
      var late = try await sender.watch(after: 2).makeAsyncIterator()
      try await sender.submit(.buy, "10", at: "100")
      #expect(try await late.next()?.sequence == 3)
      #expect(try await sender.reports(3).map(\.sequence) == [1, 2, 3])
      #expect(try await fixture.sender("other").reports(1).map(\.order?.account) == ["other"])
    }
  }

  @Test("many readers of many reports of two replicas: each sees every report once, in order")
  func neverAGap() async throws {
    let market = ScriptedMarket(symbols: symbols)
    let first = try await ExchangeFixture(market)
    let second = try await ExchangeFixture(market, beside: first)
    try await first.running {
      try await second.running {
        try await withThrowingTaskGroup { group in
          for replica in [first, second] {
            for _ in 0..<2 {
              group.addTask {
                // More than one page.
                let reports = try await replica.sender().reports(320)
                #expect(reports.map(\.sequence) == Array(1...320))
              }
              group.addTask {
                for _ in 0..<40 {
                  let order = try await replica.sender().submit(.buy, "1", at: "100")
                  try await replica.sender().cancel(order.exchangeOrderID)
                }
              }
            }
          }
          try await group.waitForAll()
        }
        #expect(try await first.sender().reports(320).count == 320)
      }
    }
  }

  @Test("a reader that knows of more than there is learns that something was lost")
  func unknownSequence() async throws {
    let fixture = try await ExchangeFixture()
    let error = await failure { try await fixture.sender().reports(1, after: 1) }
    #expect(error?.code == .outOfRange && error?.errorInfo?.reason == "SEQUENCE_UNKNOWN")
  }

  @Test func theStreamEndsWhenTheServiceStops() async throws {
    let fixture = try await ExchangeFixture()
    let sender = fixture.sender()
    let stream = try await fixture.running {
      let stream = try await sender.watch()
      try await sender.submit(.buy, "10", at: "100")
      var iterator = stream.makeAsyncIterator()
      #expect(try await iterator.next()?.sequence == 1)
      return stream
    }
    var iterator = stream.makeAsyncIterator()
    for error in [
      await failure { try await iterator.next() }, await failure { try await sender.reports(1) },
    ] {
      #expect(error?.code == .unavailable && error?.errorInfo?.reason == "STOPPING")
    }
  }
}
