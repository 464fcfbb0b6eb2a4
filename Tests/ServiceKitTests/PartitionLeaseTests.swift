import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// How instances of a consumer share partitions.
@Suite(.timeLimit(.minutes(5))) struct PartitionLeaseTests {
  private let database: PostgresConfiguration

  init() async throws { database = try await TestDatabase.make().configuration }

  private func leases(
    _ consumer: String = "c", timeout: Duration = .seconds(30),
    renewal: Duration = .milliseconds(500)
  ) -> PartitionLeases {
    PartitionLeases(consumer: consumer, timeout: timeout, renewal: renewal, database: database)
  }

  /// An instance that holds its share of a number of partitions, and says what that is.
  private final class Instance: Sendable {
    let share = Mutex<Set<Int32>>([])
    private let task: Mutex<Task<Void, any Error>?> = Mutex(nil)

    init(_ leases: PartitionLeases, of count: Int) {
      let task = Task {
        defer { share.withLock { $0 = [] } }
        try await leases.hold { lease in
          while true {
            let held = try await lease.balance(of: count)
            share.withLock { $0 = held }
            try await lease.keep(of: count)
          }
        }
      }
      self.task.withLock { $0 = task }
    }

    var held: Set<Int32> { share.withLock { $0 } }

    func end() async {
      let task = task.withLock { $0 }
      task?.cancel()
      _ = await task?.result
    }
  }

  private func eventuallyShared(_ instances: [Instance], as sizes: [Int]) async throws {
    try await eventually {
      let shares = instances.map(\.held)
      return shares.map(\.count).sorted() == sizes.sorted()
        && Set(shares.joined()).count == sizes.reduce(0, +)
    }
  }

  @Test func instancesShareEvenlyAndTakeOver() async throws {
    let first = Instance(leases(), of: 6)
    try await eventuallyShared([first], as: [6])
    let second = Instance(leases(), of: 6)
    try await eventuallyShared([first, second], as: [3, 3])
    let third = Instance(leases(), of: 6)
    try await eventuallyShared([first, second, third], as: [2, 2, 2])
    await second.end()
    try await eventuallyShared([first, third], as: [3, 3])
    await first.end()
    try await eventuallyShared([third], as: [6])
    await third.end()
  }

  @Test func moreInstancesThanPartitionsStandBy() async throws {
    let instances = (0..<4).map { _ in Instance(leases(), of: 2) }
    try await eventuallyShared(instances, as: [1, 1, 0, 0])
    // Who holds one now: while these end, others take their partitions over.
    let holders = instances.filter { !$0.held.isEmpty }
    for holder in holders { await holder.end() }
    try await eventuallyShared(instances, as: [1, 1, 0, 0])
    for instance in instances { await instance.end() }
  }

  /// Consumers that have nothing to do with each other do not count each other.
  @Test func consumersAreApart() async throws {
    let first = Instance(leases("a"), of: 3)
    let second = Instance(leases("b"), of: 3)
    try await eventuallyShared([first], as: [3])
    try await eventuallyShared([second], as: [3])
    await first.end()
    await second.end()
  }

  /// The server ends the session of an instance that says nothing, and others take over.
  @Test func whoStandsStillLosesItsPartitions() async throws {
    await #expect(throws: PostgresError.self) {
      try await leases(timeout: .seconds(1)).hold { lease in
        let first = try await lease.balance(of: 3)
        #expect(first.count == 3)
        let other = Instance(leases(), of: 3)
        try await eventuallyShared([other], as: [3])
        await other.end()
        _ = try await lease.balance(of: 3)
      }
    }
  }

  /// A topic may be given more partitions, or be made anew with fewer.
  @Test func partitionsComeAndGo() async throws {
    try await leases().hold { lease in
      let three = try await lease.balance(of: 3)
      #expect(three == [0, 1, 2])
      let five = try await lease.balance(of: 5)
      #expect(five == [0, 1, 2, 3, 4])
      let two = try await lease.balance(of: 2)
      #expect(two == [0, 1])
    }
  }

  /// Who is interrupted while it asks keeps what it holds.
  @Test func cancellationLosesNothing() async throws {
    try await leases(renewal: .microseconds(200)).hold { lease in
      _ = try await lease.balance(of: 3)
      for _ in 0..<100 {
        let task = Task { try await lease.keep(of: 3) }
        try await Task.sleep(for: .microseconds(Int.random(in: 0..<2_000)))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
      }
      let other = leases()
      try await other.hold { second in
        let taken = try await second.balance(of: 3)
        #expect(taken.isEmpty)
      }
      let kept = try await lease.balance(of: 3)
      #expect(kept == [0, 1, 2])
    }
  }
}
