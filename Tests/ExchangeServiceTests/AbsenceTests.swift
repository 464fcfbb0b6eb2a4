import Core
import ExchangeContract
import Postgres
import Protobuf
import RPC
import Synchronization
import TestSupport
import Testing

/// The promise of FindExchangeOrder: what is to be received until an earlier time than that of the
/// answer, and is not there, will never be.
@Suite struct AbsenceTests {
  private static let names = 120
  private static let namesAtOnce = 12
  private static let submissions = 3

  @Test("a find waits for a submission of its name that is under way, and has the order")
  func findBehindASubmission() async throws {
    let fixture = try await ExchangeFixture()
    let database = fixture.service.database.pool
    // What is inserted waits for the test.
    try await database.execute(
      """
      CREATE FUNCTION exchange.hold() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$
      """)
    try await database.execute(
      """
      CREATE TRIGGER hold BEFORE INSERT ON exchange.orders
      FOR EACH ROW EXECUTE FUNCTION exchange.hold()
      """)
    try await fixture.running {
      let sender = fixture.sender()
      try await withThrowingTaskGroup { group in
        try await database.transaction { transaction in
          try await transaction.query("SELECT pg_advisory_xact_lock(1)")
          let receiveUntil = try await fixture.now() + .seconds(3)
          group.addTask {
            let order = try await sender.submit(
              .buy, "10", at: "100", name: "a", receiveUntil: receiveUntil)
            #expect(order.status == .open)
          }
          try await eventually { try await fixture.waiters() == 1 }
          try await eventually { try await fixture.now() > receiveUntil }
          group.addTask {
            let found = try await sender.find("a")
            #expect(found.order?.clientOrderID == "a")
            #expect(try #require(found.asOf?.instant) > receiveUntil)
          }
          // One that did not wait would have answered none, and the order would be there a moment later.
          try await eventually { try await fixture.waiters() == 2 }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("the time counts at which a submission has its turn, not that at which it came")
  func submissionThatHadToWait() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      let first = try await sender.submit(.buy, "10", at: "100")
      try await withThrowingTaskGroup { group in
        try await fixture.service.database.pool.transaction { transaction in
          try await transaction.query("SELECT name FROM exchange.accounts FOR UPDATE")
          let receiveUntil = try await fixture.now() + .seconds(3)
          group.addTask {
            let error = await failure {
              try await sender.submit(
                .buy, "10", at: "100", name: "a", receiveUntil: receiveUntil)
            }
            #expect(error?.errorInfo?.reason == "REQUEST_TOO_LATE")
          }
          try await eventually { try await fixture.waiters() == 1 }
          try await eventually { try await fixture.now() > receiveUntil }
        }
        try await group.waitForAll()
      }
      #expect(try await sender.find("a").order == nil)
      #expect(try await sender.find(first.clientOrderID).order == first)
    }
  }

  @Test("once a find has answered none after receive_until, no order of that submission ever is")
  func absenceIsForEver() async throws {
    let market = ScriptedMarket(symbols: symbols)
    let first = try await ExchangeFixture(market)
    let second = try await ExchangeFixture(market, beside: first)
    let database = first.service.database.pool
    // Between the look at the clock and the commit a while goes by: there one could slip through.
    try await database.execute(
      """
      CREATE FUNCTION exchange.tarry() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(random() * 0.03); RETURN NEW; END $$
      """)
    try await database.execute(
      """
      CREATE TRIGGER tarry BEFORE INSERT ON exchange.orders
      FOR EACH ROW EXECUTE FUNCTION exchange.tarry()
      """)
    let answers = Answers()
    try await first.running {
      try await second.running {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<Self.names {
            if number >= Self.namesAtOnce { try await group.next() }
            group.addTask { try await race(number, at: [first, second], answers) }
          }
          try await group.waitForAll()
        }
      }
    }
    #expect(answers.taken.isDisjoint(with: answers.absent))
    #expect(answers.taken.count + answers.absent.count == Self.names)
    #expect(!answers.taken.isEmpty && !answers.absent.isEmpty)
    let stored = try await database.query("SELECT client_order_id FROM exchange.orders")
      .map { try $0.decode(String.self, at: 0) }
    #expect(Set(stored) == answers.taken && stored.count == answers.taken.count)
  }

  /// Submits an order several times around the end of its time, and asks for it meanwhile.
  private func race(
    _ number: Int, at replicas: [ExchangeFixture], _ answers: Answers
  ) async throws {
    // An account each, so that they do not wait for each other.
    let (name, account) = ("order-\(number)", "account-\(number)")
    var random = SeededGenerator(seed: UInt64(number))
    // Some have all the time in the world.
    let slack = number % 20 == 0 ? 60_000 : Int.random(in: -20...200, using: &random)
    let receiveUntil = SystemClock().now + .milliseconds(slack)
    let delays = (0..<Self.submissions).map { _ in Int.random(in: 0...200, using: &random) }
    try await withThrowingTaskGroup { group in
      for (index, delay) in delays.enumerated() {
        group.addTask {
          try await Task.sleep(for: .milliseconds(delay))
          let error = await failure {
            try await replicas[index % replicas.count].sender(account).submit(
              .buy, "1", at: "100", name: name, receiveUntil: receiveUntil)
          }
          switch error?.errorInfo?.reason {
          case nil where error == nil: answers.noteTaken(name)
          case "REQUEST_TOO_LATE", "DUPLICATE_CLIENT_ORDER_ID": break
          default: Issue.record("\(name): \(String(describing: error))")
          }
        }
      }
      group.addTask {
        while true {
          let found = try await replicas[number % replicas.count].sender(account).find(name)
          if found.order != nil { return }
          if let asOf = found.asOf?.instant, asOf > receiveUntil { return answers.noteAbsent(name) }
        }
      }
      try await group.waitForAll()
    }
  }
}

extension ExchangeFixture {
  /// How many sessions of this database wait for a lock.
  fileprivate func waiters() async throws -> Int {
    try await count(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'
      """)
  }
}

/// What was answered of names.
private final class Answers: Sendable {
  private let names = Mutex<(taken: Set<String>, absent: Set<String>)>(([], []))

  var taken: Set<String> { names.withLock(\.taken) }
  var absent: Set<String> { names.withLock(\.absent) }

  func noteTaken(_ name: String) { names.withLock { _ = $0.taken.insert(name) } }
  func noteAbsent(_ name: String) { names.withLock { _ = $0.absent.insert(name) } }
}
