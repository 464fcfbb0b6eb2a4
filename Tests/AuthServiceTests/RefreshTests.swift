import AuthContract
import Core
import Mesh
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing

@Suite("Refresh") struct RefreshTests {
  /// Why a token was refused, and with which status.
  private struct Refusal: Hashable {
    var code: StatusCode?
    var reason: String?

    static let invalid = Refusal(
      code: .unauthenticated, reason: "auth.alphintra.com/REFRESH_TOKEN_INVALID")
    static let justExchanged = Refusal(
      code: .aborted, reason: "auth.alphintra.com/REFRESH_TOKEN_JUST_EXCHANGED")
  }

  private let clock = ManualClock(Instant(microseconds: 1_700_000_000_000_000))

  private func fixture(_ settings: [String: String] = [:]) async throws -> AuthFixture {
    let auth = try await AuthFixture(settings: settings, clock: clock)
    try await auth.register("ada@example.com")
    return auth
  }

  private func refusal(_ auth: AuthFixture, _ token: String) async -> Refusal {
    let error = await #expect(throws: RPCError.self) { try await auth.refresh(token) }
    return Refusal(code: error?.code, reason: error?.reason)
  }

  @Test("each token is good for one exchange, and the session goes on")
  func rotates() async throws {
    let auth = try await fixture()
    let login = try await auth.logIn("ada@example.com")
    #expect(login.refreshToken.utf8.count == 43)
    #expect(login.refreshExpiresIn == 14 * 86_400)
    var tokens = [login.refreshToken]
    for _ in 0..<5 {
      clock.advance(by: .seconds(600))
      let next = try await auth.refresh(tokens[tokens.count - 1])
      #expect(next.sessionID == login.sessionID && next.tokenType == "Bearer")
      #expect(next.expiresIn == 900)
      let identity = try await auth.verifier(clock: clock).verify(next.accessToken)
      #expect(identity.id == login.user?.userID && identity.sessionID == login.sessionID)
      tokens.append(next.refreshToken)
    }
    #expect(Set(tokens).count == 6)
    // Neither a token nor the events of quiet exchanges are stored.
    let state = try await auth.state()
    for token in tokens { #expect(!state.contains(token)) }
    #expect(try await auth.events().map(\.event.eventType) == [.registered, .loggedIn])
    #expect(try await auth.events().last?.event.sessionID == login.sessionID)
  }

  @Test("roles are those that the user has at the exchange")
  func rolesOfNow() async throws {
    let auth = try await fixture()
    let login = try await auth.logIn("ada@example.com")
    try await auth.service.database.pool.execute(
      "INSERT INTO auth.user_roles SELECT user_id, 'admin', created_at FROM auth.users")
    let next = try await auth.refresh(login.refreshToken)
    let identity = try await auth.verifier(clock: clock).verify(next.accessToken)
    #expect(identity.roles == ["admin", "trader"])
  }

  @Test("of 100 exchanges at once one succeeds, and the session lives; a later replay ends it")
  func concurrent() async throws {
    let auth = try await fixture()
    let login = try await auth.logIn("ada@example.com")
    let token = login.refreshToken
    let outcomes = await withTaskGroup(of: Result<String, RPCError>.self) { group in
      for _ in 0..<100 {
        group.addTask {
          while true {
            do throws(RPCError) {
              return .success(try await auth.refresh(token).refreshToken)
            } catch {
              // A connection may be long in coming where so many ask for one: then nothing was done.
              if error.code != .unavailable { return .failure(error) }
            }
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let successors = outcomes.compactMap { try? $0.get() }
    try #require(successors.count == 1)
    for case .failure(let error) in outcomes {
      #expect(Refusal(code: error.code, reason: error.reason) == Refusal.justExchanged)
    }
    #expect(try await auth.events().count == 2)

    clock.advance(by: .seconds(9))
    #expect(await refusal(auth, token) == Refusal.justExchanged)
    // The family lives.
    clock.advance(by: .seconds(60))
    let live = try await auth.refresh(successors[0]).refreshToken
    // The first token, long exchanged: whoever shows it ends the session for all, at once.
    #expect(await refusal(auth, token) == Refusal.invalid)
    #expect(await refusal(auth, live) == Refusal.invalid)
    let last = try #require(try await auth.events().last)
    #expect(last.event.eventType == .refreshTokenReplayed)
    #expect(last.event.sessionID == login.sessionID && last.sequence == 3)
    // Told once, whoever else shows the token.
    _ = await refusal(auth, token)
    #expect(try await auth.events().count == 3)
  }

  @Test("a replay of one session leaves the user's others alone")
  func killsOneFamily() async throws {
    let auth = try await fixture()
    let phone = try await auth.logIn("ada@example.com")
    let desk = try await auth.logIn("ada@example.com")
    let next = try await auth.refresh(phone.refreshToken)
    clock.advance(by: .seconds(10))
    _ = await refusal(auth, phone.refreshToken)
    #expect(await refusal(auth, next.refreshToken) == Refusal.invalid)
    #expect(try await auth.refresh(desk.refreshToken).sessionID == desk.sessionID)
  }

  @Test("a replay and exchanges of the live token at once leave no live token")
  func replayAgainstExchange() async throws {
    let auth = try await fixture()
    for _ in 0..<5 {
      let login = try await auth.logIn("ada@example.com")
      let live = try await auth.refresh(login.refreshToken).refreshToken
      clock.advance(by: .seconds(11))
      let answers = await withTaskGroup(of: String?.self) { group in
        for index in 0..<8 {
          group.addTask {
            try? await auth.refresh(index == 4 ? login.refreshToken : live).refreshToken
          }
        }
        return await group.reduce(into: [String]()) { all, token in
          if let token { all.append(token) }
        }
      }
      #expect(answers.count <= 1)
      for token in answers + [live] {
        #expect(await refusal(auth, token) == Refusal.invalid)
      }
    }
  }

  @Test("a session ends when it was not used for too long, and in any case in the end")
  func expires() async throws {
    let auth = try await fixture([
      "AUTH_SESSIONS_IDLE_LIMIT": "100", "AUTH_SESSIONS_LIFETIME": "250",
    ])
    let idle = try await auth.logIn("ada@example.com")
    var used = try await auth.logIn("ada@example.com").refreshToken
    #expect(idle.refreshExpiresIn == 100)
    for left in [100, 70] as [Int32] {
      clock.advance(by: .seconds(90))
      let next = try await auth.refresh(used)
      #expect(next.refreshExpiresIn == left)
      used = next.refreshToken
    }
    #expect(await refusal(auth, idle.refreshToken) == Refusal.invalid)
    clock.advance(by: .seconds(70))
    #expect(await refusal(auth, used) == Refusal.invalid)
  }

  @Test("what is no token is refused as any other, and changes nothing")
  func unknownTokens() async throws {
    let auth = try await fixture()
    let login = try await auth.logIn("ada@example.com")
    let before = try await auth.state()
    for token in ["x", login.accessToken.prefix(100).description, login.sessionID] {
      #expect(await refusal(auth, token) == Refusal.invalid)
    }
    #expect(try await auth.state() == before)
  }

  @Test("more sessions than are kept end the one that was used least recently, and tell of it")
  func displaces() async throws {
    let auth = try await fixture(["AUTH_SESSIONS_MAXIMUM_PER_USER": "2"])
    var logins: [AuthV1.LoginResponse] = []
    for _ in 0..<2 {
      logins.append(try await auth.logIn("ada@example.com"))
      clock.advance(by: .seconds(1))
    }
    let first = try await auth.refresh(logins[0].refreshToken)
    clock.advance(by: .seconds(1))
    let third = try await auth.logIn("ada@example.com")
    let events = try await auth.events().map(\.event).dropFirst(3)
    #expect(events.map(\.eventType) == [.sessionRevoked, .loggedIn])
    #expect(events.map(\.sessionID) == [logins[1].sessionID, third.sessionID])
    #expect(events.map(\.sequence) == [4, 5])
    #expect(await refusal(auth, logins[1].refreshToken) == Refusal.invalid)
    _ = try await auth.refresh(first.refreshToken)
    _ = try await auth.refresh(third.refreshToken)
  }

  @Test("a session that has lasted as long as it may takes no other one's place")
  func expiredMakeRoom() async throws {
    let auth = try await fixture([
      "AUTH_SESSIONS_MAXIMUM_PER_USER": "2", "AUTH_SESSIONS_LIFETIME": "250",
    ])
    let old = try await auth.logIn("ada@example.com")
    clock.advance(by: .seconds(200))
    let live = try await auth.logIn("ada@example.com")
    clock.advance(by: .seconds(40))
    _ = try await auth.refresh(old.refreshToken)
    clock.advance(by: .seconds(20))
    _ = try await auth.logIn("ada@example.com")
    _ = try await auth.refresh(live.refreshToken)
    #expect(try await auth.events().allSatisfy { $0.event.eventType != .sessionRevoked })
  }
}
