import AuthDomain
import Core
import Testing

@testable import AuthService

@Suite("Attempts to log in") struct LogInAttemptsTests {
  private let start = Instant(microseconds: 1_700_000_000_000_000)

  private func fail(
    _ attempts: LogInAttempts, _ address: String, at now: Instant
  ) async throws(TooManyLogIns) {
    do {
      try await attempts.limit(address, at: now) { throw LogInRejection.wrongCredentials }
    } catch let refusal as TooManyLogIns {
      throw refusal
    } catch {}
  }

  @Test("the window slides: each attempt is forgotten when its own minute is over")
  func slides() async throws {
    let attempts = LogInAttempts()
    for second in 0..<10 { try await fail(attempts, "a", at: start + .seconds(second)) }
    await #expect(throws: TooManyLogIns(retryAfter: .seconds(51))) {
      try await fail(attempts, "a", at: start + .seconds(9))
    }
    try await fail(attempts, "b", at: start + .seconds(9))
    try await fail(attempts, "a", at: start + .seconds(60))
    await #expect(throws: TooManyLogIns(retryAfter: .seconds(1))) {
      try await fail(attempts, "a", at: start + .seconds(60))
    }
    try await fail(attempts, "a", at: start + .seconds(61))
  }

  @Test("attempts count while they are made, so many at once are no way around")
  func countsOpenAttempts() async throws {
    let attempts = LogInAttempts()
    func nest(_ depth: Int) async throws -> Int {
      try await attempts.limit("a", at: start) { try await nest(depth + 1) }
    }
    await #expect(throws: TooManyLogIns(retryAfter: .seconds(60))) { try await nest(0) }
    // None of them was a wrong password.
    for _ in 0..<10 { try await fail(attempts, "a", at: start) }
  }

  @Test("what is remembered is bounded, and makes room when a minute is over")
  func bounded() async throws {
    let attempts = LogInAttempts(maximumAddresses: 3)
    for (second, address) in ["a", "b", "c"].enumerated() {
      try await fail(attempts, address, at: start + .seconds(second))
    }
    for _ in 0..<2 {
      await #expect(throws: TooManyLogIns(retryAfter: .seconds(57))) {
        try await fail(attempts, "d", at: start + .seconds(3))
      }
    }
    try await fail(attempts, "c", at: start + .seconds(3))
    try await fail(attempts, "d", at: start + .seconds(60))
  }
}
