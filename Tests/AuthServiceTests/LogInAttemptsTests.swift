import AuthDomain
import Core
import TestSupport
import Testing

@testable import AuthService

@Suite("Attempts to log in") struct LogInAttemptsTests {
  private let clock = ManualClock(Instant(microseconds: 1_700_000_000_000_000))

  private func fail(_ attempts: LogInAttempts, _ address: String) async throws(TooManyLogIns) {
    do {
      try await attempts.limit(address, by: clock) { throw LogInRejection.wrongCredentials }
    } catch let refusal as TooManyLogIns {
      throw refusal
    } catch {}
  }

  @Test("addresses are told apart, and the right password forgives")
  func perAddress() async throws {
    let attempts = LogInAttempts()
    for _ in 0..<10 { try await fail(attempts, "a") }
    await #expect(throws: TooManyLogIns(retryAfter: .seconds(60))) { try await fail(attempts, "a") }
    try await fail(attempts, "b")
    clock.advance(by: .seconds(60))
    try await attempts.limit("a", by: clock) {}
    for _ in 0..<10 { try await fail(attempts, "a") }
  }

  @Test("attempts count while they are made, so many at once are no way around")
  func countsOpenAttempts() async throws {
    let attempts = LogInAttempts()
    func nest(_ depth: Int) async throws -> Int {
      try await attempts.limit("a", by: clock) { try await nest(depth + 1) }
    }
    await #expect(throws: TooManyLogIns(retryAfter: .seconds(1))) { try await nest(0) }
    // None of them was a wrong password.
    for _ in 0..<10 { try await fail(attempts, "a") }
  }

  @Test("what is remembered is bounded; locks are kept, and the oldest of the rest makes room")
  func bounded() async throws {
    let attempts = LogInAttempts(maximumAddresses: 3)
    for _ in 0..<10 { try await fail(attempts, "locked") }
    for address in ["b", "c", "d", "e"] {
      clock.advance(by: .seconds(1))
      try await fail(attempts, address)
    }
    await #expect(throws: TooManyLogIns(retryAfter: .seconds(56))) {
      try await fail(attempts, "locked")
    }
    let full = LogInAttempts(maximumAddresses: 1)
    for _ in 0..<10 { try await fail(full, "locked") }
    await #expect(throws: TooManyLogIns(retryAfter: .seconds(60))) { try await fail(full, "b") }
    clock.advance(by: .seconds(60))
    try await fail(full, "b")
  }
}
