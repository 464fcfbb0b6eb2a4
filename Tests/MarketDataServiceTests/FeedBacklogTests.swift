import Core
import MarketDataDomain
import Testing

@testable import MarketDataService

@Suite("Feed backlog")
struct FeedBacklogTests {
  /// Two symbols tick in every step; `A` in lower steps than `B` has the same sequence.
  private static func ticks(_ steps: Range<Int64>) -> [Tick] {
    steps.flatMap { step in
      ["A", "B"].map { name in
        let quote = Quote(
          symbol: Symbol(rawValue: name), sequence: step + 1, bidPrice: 1, bidSize: 1, askPrice: 2,
          askSize: 1, lastPrice: 1, lastSize: 1, marketTime: Instant(microseconds: step))
        return Tick(quote, step: step, publishedAt: .epoch)
      }
    }
  }

  private static func names(_ ticks: [Tick]) -> [String] {
    ticks.map { "\($0.quote.symbol)\($0.quote.sequence)" }
  }

  private func inMemory(_ batch: FeedBacklog.Batch?) throws -> [Tick] {
    guard case .inMemory(let ticks) = batch else {
      Issue.record("\(String(describing: batch)) is not in memory")
      return []
    }
    return ticks
  }

  @Test("what was just stored comes from memory, what came before from storage")
  func sources() throws {
    let backlog = FeedBacklog()
    #expect(backlog.next() == nil)
    backlog.append(Self.ticks(0..<1), storedStep: 1)
    #expect(backlog.next() == nil, "another replica publishes")
    backlog.begin(at: 3, storedStep: 5)
    guard case .inStorage(from: 3) = backlog.next() else {
      Issue.record("steps 3 and 4 are not in memory")
      return
    }
    backlog.append(Self.ticks(5..<6), storedStep: 6)
    let early = Self.ticks(3..<5)
    backlog.settle(early, early, [true, true, true, true])
    #expect(backlog.publishedStep == 5)
    let late = try inMemory(backlog.next())
    #expect(Self.names(late) == ["A6", "B6"])
    backlog.settle(late, late, [true, true])
    #expect(backlog.publishedStep == 6)
    #expect(backlog.next() == nil)
  }

  @Test("the position stops at a failure; acknowledged ticks are not repeated, those behind are")
  func failures() throws {
    let backlog = FeedBacklog()
    backlog.begin(at: 0, storedStep: 0)
    backlog.append(Self.ticks(0..<3), storedStep: 3)
    let ticks = try inMemory(backlog.next())
    #expect(Self.names(ticks) == ["A1", "B1", "A2", "B2", "A3", "B3"])
    // A2 failed; that A3 arrived does not help, for it must come after A2.
    backlog.settle(ticks, ticks, [true, true, false, true, true, true])
    #expect(backlog.publishedStep == 1)
    let again = try inMemory(backlog.next())
    let due = backlog.unacknowledged(again)
    #expect(Self.names(due) == ["A2", "A3"])
    backlog.settle(again, due, [true, true])
    #expect(backlog.publishedStep == 3)
  }

  @Test("memory is bounded, and a batch holds whole steps")
  func bounds() throws {
    let backlog = FeedBacklog()
    backlog.begin(at: 0, storedStep: 0)
    let count = Int64(FeedBacklog.bufferLimit / 2)
    for step in 0..<count { backlog.append(Self.ticks(step..<step + 1), storedStep: step + 1) }
    let batch = try inMemory(backlog.next())
    #expect(batch.count == FeedBacklog.batchLimit)
    backlog.append(Self.ticks(count..<count + 1), storedStep: count + 1)
    guard case .inStorage(from: 0) = backlog.next() else {
      Issue.record("the buffer was full")
      return
    }
  }
}
