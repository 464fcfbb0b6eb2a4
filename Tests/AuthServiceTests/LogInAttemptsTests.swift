import AuthDomain
import Core
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import AuthService

@Suite("Attempts to log in") struct LogInAttemptsTests {
  private let clock = ManualClock(Instant(microseconds: 1_700_000_000_000_000))

  private func attempts(_ auth: AuthFixture, maximumAddresses: Int = 100) -> LogInAttempts {
    LogInAttempts(
      LockOutStore(database: auth.service.environment.database),
      maximumAddresses: maximumAddresses, logger: .quiet)
  }

  private func fail(_ attempts: LogInAttempts, _ address: String) async throws {
    do {
      try await attempts.limit(address, by: clock) { throw LogInRejection.wrongCredentials }
    } catch is LogInRejection {}
  }

  private func remembered(_ auth: AuthFixture) async throws -> Int64 {
    try await auth.service.environment.database.query("SELECT count(*) FROM lock_outs").one()
      .decode(Int64.self, "count")
  }

  @Test("addresses are told apart, and the right password forgives")
  func perAddress() async throws {
    let auth = try await AuthFixture()
    let attempts = attempts(auth)
    for _ in 0..<10 { try await fail(attempts, "a") }
    await #expect(throws: TooManyLogIns(retryAfter: .seconds(60))) { try await fail(attempts, "a") }
    try await fail(attempts, "b")
    clock.advance(by: .seconds(60))
    try await attempts.limit("a", by: clock) {}
    #expect(try await remembered(auth) == 1)
    for _ in 0..<10 { try await fail(attempts, "a") }
  }

  @Test("two replicas count together, and so does one that comes later")
  func replicas() async throws {
    let auth = try await AuthFixture(clock: clock)
    let other = try await AuthFixture(clock: clock, sharing: auth)
    try await auth.register("ada@example.com")
    func guess(_ replica: AuthFixture) async -> String? {
      do {
        _ = try await replica.logIn("ada@example.com", password: "not the password")
        return nil
      } catch {
        return error.reason
      }
    }
    for _ in 0..<5 {
      for replica in [auth, other] {
        #expect(await guess(replica) == "auth.alphintra.com/WRONG_CREDENTIALS")
      }
    }
    let late = try await AuthFixture(clock: clock, sharing: auth)
    for replica in [auth, other, late] {
      #expect(await guess(replica) == "auth.alphintra.com/TOO_MANY_ATTEMPTS")
    }
    clock.advance(by: LockOut.firstLock)
    _ = try await late.logIn("ada@example.com")
    #expect(await guess(other) == "auth.alphintra.com/WRONG_CREDENTIALS")
  }

  @Test("guesses of all replicas at once are no way around: ten are evaluated")
  func concurrent() async throws {
    let auth = try await AuthFixture()
    let replicas = [attempts(auth), attempts(auth)]
    let evaluated = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<60 {
        group.addTask {
          do {
            try await self.fail(replicas[number % 2], "a")
            return true
          } catch is TooManyLogIns {
            return false
          }
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(evaluated == 10)
  }

  @Test("attempts count while they are made, so many at once are no way around")
  func countsOpenAttempts() async throws {
    let auth = try await AuthFixture()
    let attempts = attempts(auth)
    func nest(_ depth: Int) async throws -> Int {
      try await attempts.limit("a", by: clock) { try await nest(depth + 1) }
    }
    await #expect(throws: TooManyLogIns(retryAfter: .seconds(1))) { try await nest(0) }
    // None of them was a wrong password.
    #expect(try await remembered(auth) == 0)
    for _ in 0..<10 { try await fail(attempts, "a") }
  }

  @Test(
    "an attempt that is given up midway is not under way any more; a wrong password counts all the same"
  )
  func cancelled() async throws {
    let auth = try await AuthFixture()
    let attempts = attempts(auth)
    let clock = clock
    for error in [CancellationError(), LogInRejection.wrongCredentials] as [any Error] {
      let attempt = Task {
        try await attempts.limit("a", by: clock) {
          while !Task.isCancelled { await Task.yield() }
          throw error
        }
      }
      try await eventually { try await remembered(auth) == 1 }
      attempt.cancel()
      await #expect(throws: (any Error).self) { try await attempt.value }
      #expect(try await remembered(auth) == (error is LogInRejection ? 1 : 0))
    }
    for _ in 0..<9 { try await fail(attempts, "a") }
    await #expect(throws: TooManyLogIns.self) { try await fail(attempts, "a") }
  }

  @Test("what is remembered is bounded; locks are kept, and the oldest of the rest makes room")
  func bounded() async throws {
    let auth = try await AuthFixture()
    let attempts = attempts(auth, maximumAddresses: 3)
    for _ in 0..<10 { try await fail(attempts, "locked") }
    for address in ["b", "c", "d", "e"] {
      clock.advance(by: .seconds(1))
      try await fail(attempts, address)
    }
    try await attempts.clean(at: clock.now)
    #expect(try await remembered(auth) == 4)
    await #expect(throws: TooManyLogIns(retryAfter: .seconds(56))) {
      try await fail(attempts, "locked")
    }
    // A day later nothing is worth remembering.
    clock.advance(by: LockOut.memory)
    try await attempts.clean(at: clock.now)
    #expect(try await remembered(auth) == 0)
  }
}
