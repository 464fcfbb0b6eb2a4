import Dispatch
import Postgres
import RPC
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

@Suite(.timeLimit(.minutes(5))) struct GroupCommitTests {
  @Test func whatWaitsGoesTogether() async throws {
    let fixture = try await CounterFixture { $0.batches = 1 }
    let (first, others) = try await fixture.holding("a") {
      let first = try await fixture.begin(1, to: "a")
      let others = Task { try await fixture.addEach(Array(2...50), to: ["b", "a", "c"]) }
      try await eventually { fixture.commits.waitingCount == 49 }
      return (first, others)
    }
    #expect(try await first.value == 1)
    #expect(try await others.value.count == 49)
    // Nobody lingered for company, and nobody who waited was left behind.
    #expect(fixture.log.batches == [1, 49])
    #expect(try await fixture.total() == (1...50).reduce(0, +))
  }

  @Test func anotherKeyNeedNotWait() async throws {
    let fixture = try await CounterFixture { $0.batches = 2 }
    let held = try await fixture.holding("a") {
      let first = try await fixture.begin(1, to: "a")
      let second = Task { try await fixture.add(2, to: "a") }
      try await eventually { fixture.commits.waitingCount == 1 }
      #expect(try await fixture.add(4, to: "b") == 4)
      // What is behind the key stays in its order.
      #expect(fixture.commits.waitingCount == 1)
      return [first, second]
    }
    #expect(try await [held[0].value, held[1].value] == [1, 3])
  }

  @Test("what one is refused, and what breaks a rule of the database, is its own affair")
  func neighboursGoOn() async throws {
    let fixture = try await CounterFixture { $0.batches = 1 }
    let values = [2, -1000, 3, CounterFixture.forbidden, 4]
    let others = try await fixture.holding("a") {
      _ = try await fixture.begin(1, to: "a")
      let others = values.map { value in Task { try await fixture.add(value, to: "\(value)") } }
      try await eventually { fixture.commits.waitingCount == values.count }
      return others
    }
    for (value, other) in zip(values, others) {
      switch (value, await other.result) {
      case (-1000, .failure(let error)): #expect(error is CounterFixture.Refusal)
      case (CounterFixture.forbidden, .failure(let error)):
        #expect((error as? PostgresError)?.constraint == "counters_allowed")
      case (_, let result): #expect(try result.get() == value)
      }
    }
    #expect(try await fixture.total() == 10)
  }

  @Test("when the answer to COMMIT is lost, each finds out whether it was done")
  func lostCommits() async throws {
    let fixture = try await CounterFixture()
    try await fixture.pool.loseCommits(every: 3, addingTo: "done")
    let totals = try await fixture.addEach(Array(repeating: 1, count: 200), to: ["a", "b", "c"])
    #expect(totals.count == 200)
    #expect(try await fixture.total() == 200)
    #expect(try await fixture.pool.query("SELECT FROM done").count == 200)
  }

  @Test func anOutcomeNobodyLearnsIsUnknown() async throws {
    let fixture = try await CounterFixture()
    try await fixture.pool.loseCommits(every: 1, addingTo: "done")
    await #expect {
      try await fixture.add(1, to: "a")
    } throws: {
      ($0 as? PostgresError)?.outcomeUnknown == true
    }
  }

  @Test func tooManyAreRefused() async throws {
    let fixture = try await CounterFixture {
      $0.batches = 1
      $0.waiting = 3
    }
    let others = try await fixture.holding("a") {
      _ = try await fixture.begin(1, to: "a")
      let others = Task { try await fixture.addEach([2, 3, 4], to: ["a"]) }
      try await eventually { fixture.commits.waitingCount == 3 }
      await #expect {
        try await fixture.add(5, to: "b")
      } throws: {
        ($0 as? RPCError)?.code == .resourceExhausted
      }
      return others
    }
    #expect(try await others.value.max() == 10)
  }

  @Test(
    "a key with many waiting keeps no other from the next batch, and its own stay in their order")
  func turns() async throws {
    let fixture = try await CounterFixture {
      $0.batches = 1
      $0.batchSize = 4
    }
    let (many, one) = try await fixture.holding("a") {
      _ = try await fixture.begin(1, to: "a")
      var many: [Task<Int, any Error>] = []
      for count in 1...20 {
        many.append(Task { try await fixture.add(1, to: "a") })
        try await eventually { fixture.commits.waitingCount == count }
      }
      // Two that leave are nobody's gap.
      for index in [11, 4] {
        many.remove(at: index).cancel()
      }
      try await eventually { fixture.commits.waitingCount == 18 }
      let one = Task { try await fixture.add(7, to: "b") }
      try await eventually { fixture.commits.waitingCount == 19 }
      return (many, one)
    }
    #expect(try await one.value == 7)
    var totals: [Int] = []
    for task in many { totals.append(try await task.value) }
    #expect(totals == Array(2...19))
    // The first of the key alone; then the other key's beside three of it, and the rest by fours.
    #expect(fixture.log.batches == [1, 4, 4, 4, 4, 3])
    let before = try await fixture.pool.query(
      "SELECT FROM done WHERE total < 7 AND xmin = (SELECT xmin FROM done WHERE id = 22)")
    #expect(before.count == 3)
  }

  @Test("who is cancelled while waiting leaves; a batch that all have left is cancelled")
  func cancellation() async throws {
    let fixture = try await CounterFixture { $0.batches = 1 }
    let third = try await fixture.holding("a") {
      let first = try await fixture.begin(1, to: "a")
      let second = Task { try await fixture.add(2, to: "a") }
      let third = Task { try await fixture.add(4, to: "a") }
      try await eventually { fixture.commits.waitingCount == 2 }
      second.cancel()
      await #expect(throws: CancellationError.self) { try await second.value }
      first.cancel()
      // Its statement waits for the row, which nobody lets go: only its cancellation ends it.
      await #expect(throws: PostgresError.self) { try await first.value }
      return third
    }
    #expect(try await third.value == 4)
  }

  @Test("who is cancelled between the outcome and taking it has the outcome")
  func cancellationAfterTheOutcome() async throws {
    let fixture = try await CounterFixture { $0.batches = 1 }
    let caller = BusyCaller()
    let release = DispatchSemaphore(value: 0)
    let (first, blocking) = try await fixture.holding("a") {
      let first = Task { try await caller.add(1, by: fixture) }
      try await eventually { fixture.log.batches == [1] }
      let isBlocked = DispatchSemaphore(value: 0)
      let blocking = Task { await caller.wait(for: release, telling: isBlocked) }
      try await eventually { isBlocked.wait(timeout: .now()) == .success }
      return (first, blocking)
    }
    // Its batch is over when the next has been done; the caller cannot have noticed.
    #expect(try await fixture.add(2, to: "a") == 3)
    first.cancel()
    release.signal()
    await blocking.value
    #expect(try await first.value == 1)
  }

  @Test("under many callers each is done once, and each key's counts have no gap")
  func manyCallers() async throws {
    let fixture = try await CounterFixture { $0.batchSize = 16 }
    let keys = (0..<7).map { "key \($0)" }
    let totals = try await fixture.addEach(Array(repeating: 1, count: 2_000), to: keys)
    #expect(totals.sorted().suffix(1) == [2_000 / 7 + 1])
    #expect(try await fixture.total() == 2_000)
    #expect(fixture.log.batches.allSatisfy { (1...16).contains($0) })
    // One by one in each key: no two were told the same count.
    #expect(Set(totals).count == 2_000 / 7 + 1)
  }
}

/// A caller whose thread has other work when the outcome comes.
private actor BusyCaller {
  func add(_ value: Int, by fixture: CounterFixture) async throws -> Int {
    try await fixture.add(value, to: "a")
  }

  func wait(for semaphore: DispatchSemaphore, telling isBlocked: DispatchSemaphore) {
    isBlocked.signal()
    semaphore.wait()
  }
}

/// Counters that are added to, each addition once by its number.
private struct CounterFixture: Sendable {
  struct Addition: Sendable {
    let id: Int
    let value: Int
  }

  /// A counter may not become negative.
  struct Refusal: Error {}

  /// The database refuses it, whoever brings it.
  static let forbidden = 666

  let pool: PostgresPool
  let commits: GroupCommit<String, Addition, Int>
  let log = Log()

  /// What has happened so far.
  final class Log: Sendable {
    private let additions = Atomic(0)
    private let sizes = Mutex<[Int]>([])

    /// How many were in each batch that was begun.
    var batches: [Int] { sizes.withLock { $0 } }

    func nextAddition() -> Int { additions.add(1, ordering: .relaxed).newValue }
    func note(batchOf count: Int) { sizes.withLock { $0.append(count) } }
  }

  init(_ change: (inout GroupCommitLimits) -> Void = { _ in }) async throws {
    var configuration = try await TestDatabase.make().configuration
    configuration.logger = .quiet
    pool = PostgresPool(configuration)
    try await pool.transaction { transaction in
      try await transaction.script(
        """
        CREATE TABLE counters (
          key text PRIMARY KEY,
          value bigint NOT NULL CONSTRAINT counters_allowed CHECK (value <> \(Self.forbidden)));
        CREATE TABLE done (id bigint PRIMARY KEY, total bigint NOT NULL);
        """)
    }
    var limits = GroupCommitLimits()
    change(&limits)
    commits = GroupCommit(pool, limits) { [log] batch, transaction in
      log.note(batchOf: batch.count)
      return try await Self.add(batch, in: transaction)
    }
  }

  private static func add(
    _ batch: [GroupCommit<String, Addition, Int>.Submission], in transaction: PostgresTransaction
  ) async throws -> [Result<Int, any Error>] {
    transaction.planByKey()
    let keys = Set(batch.map(\.key)).sorted()
    transaction.send(
      """
      INSERT INTO counters SELECT key, 0 FROM unnest(\(keys)::text[]) AS k (key)
      ON CONFLICT (key) DO NOTHING
      """)
    let rows = try await transaction.pipeline([
      "SELECT key, value FROM counters WHERE key = ANY (\(keys)::text[]) ORDER BY key FOR UPDATE",
      "SELECT id, total FROM done WHERE id = ANY (\(batch.map(\.operation.id)))",
    ])
    var values: [String: Int] = [:]
    for row in rows[0] {
      values[try row.decode(String.self, "key")] = try row.decode(Int.self, "value")
    }
    var done: [Int: Int] = [:]
    for row in rows[1] { done[try row.decode(Int.self, "id")] = try row.decode(Int.self, "total") }
    var added: [(id: Int, total: Int)] = []
    let outcomes = batch.map { submission in
      Result<Int, any Error> {
        if let total = done[submission.operation.id] { return total }
        let total = (values[submission.key] ?? 0) + submission.operation.value
        guard total >= 0 else { throw Refusal() }
        values[submission.key] = total
        added.append((submission.operation.id, total))
        return total
      }
    }
    transaction.send(
      """
      UPDATE counters c SET value = u.value
      FROM unnest(\(Array(values.keys))::text[], \(Array(values.values))) AS u (key, value)
      WHERE c.key = u.key
      """)
    transaction.send(
      "INSERT INTO done SELECT * FROM unnest(\(added.map(\.id)), \(added.map(\.total)))")
    return outcomes
  }

  func add(_ value: Int, to key: String) async throws -> Int {
    try await commits.perform(Addition(id: log.nextAddition(), value: value), of: key)
  }

  /// Begins an addition that will wait for a row, and is the first batch.
  func begin(_ value: Int, to key: String) async throws -> Task<Int, any Error> {
    let task = Task { try await add(value, to: key) }
    try await eventually { log.batches == [1] }
    return task
  }

  /// Adds all values at once, to the keys in turn.
  func addEach(_ values: [Int], to keys: [String]) async throws -> [Int] {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for (index, value) in values.enumerated() {
        group.addTask { try await add(value, to: keys[index % keys.count]) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  func total() async throws -> Int {
    try await pool.query("SELECT sum(value)::bigint AS total FROM counters").one().decode(
      Int.self, "total")
  }

  /// Holds the row of a key while something is done, whose rest is done after that.
  func holding<Rest: Sendable>(
    _ key: String, _ body: () async throws -> Rest
  ) async throws -> Rest {
    try await pool.execute("INSERT INTO counters VALUES (\(key), 0)")
    return try await pool.transaction { transaction in
      try await transaction.query("SELECT FROM counters WHERE key = \(key) FOR UPDATE")
      return try await body()
    }
  }
}
