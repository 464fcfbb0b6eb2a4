import RPC
import Testing

/// Budgets add up, whoever takes from them.
@Suite struct MemoryBudgetTests {
  @Test("as much as the limit is there, and not a byte more")
  func limit() {
    let budget = MemoryBudget(limit: 100)
    #expect(budget.take(60) && budget.take(40))
    #expect(!budget.take(1))
    #expect(budget.heldBytes == 100 && budget.refusals == 1)
    budget.giveBack(1)
    #expect(budget.take(1))
    budget.giveBack(100)
    #expect(budget.heldBytes == 0)
  }

  @Test("a larger budget hears of whole granules, and refuses for its parts")
  func parts() {
    let granule = MemoryBudget.granule
    let whole = MemoryBudget(limit: 2 * granule)
    let parts = (0..<3).map { _ in MemoryBudget(limit: 10 * granule, partOf: whole) }
    #expect(parts[0].take(granule - 1))
    #expect(whole.heldBytes == 0)
    #expect(parts[0].take(1))
    #expect(whole.heldBytes == granule)
    #expect(parts[1].take(2 * granule - 1))
    #expect(whole.heldBytes == 2 * granule)
    #expect(!parts[2].take(granule))
    #expect(parts[2].heldBytes == 0 && whole.heldBytes == 2 * granule)
    #expect(parts[2].refusals == 1 && whole.refusals == 1)
    // What is less than a granule is nobody's business.
    #expect(parts[2].take(granule - 1))
    parts[0].giveBack(1)
    #expect(whole.heldBytes == granule)
    #expect(parts[2].take(1))
  }

  @Test("nothing is lost or made between many threads")
  func threads() async {
    let whole = MemoryBudget(limit: .max)
    let parts = (0..<3).map { _ in MemoryBudget(limit: 2 * MemoryBudget.granule, partOf: whole) }
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          var held: [(part: MemoryBudget, count: Int)] = []
          for step in 0..<5_000 {
            let part = parts[(task + step) % parts.count]
            let count = (step * 7_919 + task) % (2 * MemoryBudget.granule)
            if part.take(count) { held.append((part, count)) }
            if held.count > 3 {
              let first = held.removeFirst()
              first.part.giveBack(first.count)
            }
          }
          for (part, count) in held { part.giveBack(count) }
        }
      }
    }
    #expect(parts.allSatisfy { $0.heldBytes == 0 })
    #expect(whole.heldBytes == 0)
    #expect(whole.refusals == parts.map(\.refusals).reduce(0, +) && whole.refusals > 0)
  }

  @Test("what is written to a pipe is held until it is read, or lost with the pipe")
  func pipe() async throws {
    let budget = MemoryBudget(limit: 100)
    let pipe = MessagePipe(capacity: 1_000, budget: budget)
    try await pipe.write([UInt8](repeating: 1, count: 70), compressed: false)
    let error = await #expect(throws: RPCError.self) {
      try await pipe.write([UInt8](repeating: 1, count: 31), compressed: false)
    }
    #expect(error?.code == .resourceExhausted)
    #expect(budget.heldBytes == 70)
    #expect(try await pipe.next()?.count == 70)
    #expect(budget.heldBytes == 0)

    try await pipe.write([UInt8](repeating: 1, count: 50), compressed: false)
    pipe.fail(RPCError(.cancelled, "lost"))
    #expect(budget.heldBytes == 0)

    // A transport takes what it offers.
    #expect(budget.take(10))
    pipe.offer(EncodedMessage([UInt8](repeating: 1, count: 10), .plain))
    #expect(budget.heldBytes == 0)

    var forgotten: MessagePipe? = MessagePipe(capacity: 1_000, budget: budget)
    try await forgotten?.write([UInt8](repeating: 1, count: 50), compressed: false)
    #expect(budget.heldBytes == 50)
    forgotten = nil
    #expect(budget.heldBytes == 0)
  }
}
