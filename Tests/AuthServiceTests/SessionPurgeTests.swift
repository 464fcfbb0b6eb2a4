import AuthContract
import AuthDomain
import Core
import Postgres
import Protobuf
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import AuthService

@Suite("What is kept of sessions that are over") struct SessionPurgeTests {
  private static let day: Int64 = 86_400

  private let clock = ManualClock(Instant(microseconds: 1_700_000_000_000_000))

  /// Sessions and refresh tokens that are stored.
  private func stored(_ auth: AuthFixture) async throws -> [Int] {
    let row = try await auth.service.environment.database.query(
      """
      SELECT (SELECT count(*) FROM sessions) AS sessions,
        (SELECT count(*) FROM refresh_tokens) AS tokens
      """
    ).one()
    return [try row.decode(Int.self, "sessions"), try row.decode(Int.self, "tokens")]
  }

  @Test("the service removes them by itself, though their user never comes back, in batches")
  func runs() async throws {
    let auth = try await AuthFixture(clock: clock)
    try await auth.register("ada@example.com")
    let live = try await auth.logIn("ada@example.com")
    try await auth.service.database.pool.execute(
      """
      INSERT INTO auth.sessions (session_id, user_id, created_at, last_used_at, expires_at,
        generation, ended_at, end_reason)
      SELECT gen_random_uuid(), user_id, now, now, expires_at, 1,
        CASE WHEN number % 3 = 0 THEN now END, CASE WHEN number % 3 = 0 THEN 'REVOKED' END
      FROM auth.users, generate_series(1, 150) AS number,
        LATERAL (SELECT \(clock.now - .seconds(20 * Self.day))::timestamptz AS now,
          \(clock.now - .seconds(2 * Self.day))::timestamptz AS expires_at) AS times
      """)
    #expect(try await stored(auth) == [151, 1])
    let task = try #require(auth.service.parts.tasks.first { $0.name == "sessions that are over" })
    try await withBackground {
      try? await task.run()
    } body: {
      try await eventually { try await stored(auth) == [1, 1] }
    }
    _ = try await auth.refresh(live.refreshToken)
  }

  @Test("each goes a day after its end, however it ended, and its tokens with it")
  func lasts() async throws {
    let auth = try await AuthFixture(clock: clock)
    try await auth.register("ada@example.com")
    let purger = SessionPurger(
      sessions: SessionStore(database: auth.service.environment.database),
      rules: SessionRules(
        idleLimit: SessionRules.standardIdleLimit, lifetime: SessionRules.standardLifetime,
        grace: SessionRules.standardGrace, maximumPerUser: SessionRules.standardMaximum),
      clock: clock, logger: .quiet)
    let start = clock.now
    /// What is stored when the clock has come to a day, just before and just after the purge of that day.
    func kept(onDay day: Int64) async throws -> [[Int]] {
      var all: [[Int]] = []
      for time in [start + .seconds(day * Self.day), start + .seconds(day * Self.day + 1)] {
        clock.advance(by: time - clock.now)
        try await purger.purge()
        all.append(try await stored(auth))
      }
      return all
    }
    let ended = try await auth.logIn("ada@example.com")
    _ = try await auth.client.logout(.with { $0.refreshToken = ended.refreshToken })
    _ = try await auth.logIn("ada@example.com")
    var used = try await auth.logIn("ada@example.com").refreshToken
    #expect(try await kept(onDay: 1) == [[3, 3], [2, 2]])
    used = try await auth.refresh(used).refreshToken
    #expect(try await kept(onDay: 14) == [[2, 3], [2, 3]])
    used = try await auth.refresh(used).refreshToken
    #expect(try await kept(onDay: 15) == [[2, 4], [1, 3]])
    for day in stride(from: 26 as Int64, through: 86, by: 12) {
      #expect(try await kept(onDay: day).allSatisfy { $0.first == 1 })
      used = try await auth.refresh(used).refreshToken
    }
    #expect(try await kept(onDay: 91) == [[1, 9], [0, 0]])
  }
}
