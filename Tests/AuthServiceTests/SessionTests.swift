import Argon2
import AuthContract
import Core
import Mesh
import Protobuf
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import AuthService

@Suite("Sessions") struct SessionTests {
  private let clock = ManualClock(Instant(microseconds: 1_700_000_000_000_000))

  private func fixture() async throws -> AuthFixture {
    let auth = try await AuthFixture(clock: clock)
    try await auth.register("ada@example.com")
    return auth
  }

  private func revoke(_ auth: AuthFixture, _ id: String, token: String) async throws(RPCError) {
    var options = CallOptions()
    do { options = try ServiceFixture.options(token: token) } catch {
      Issue.record(error)
    }
    _ = try await auth.client.revokeSession(.with { $0.sessionID = id }, options: options)
  }

  @Test("a user sees the own live sessions, newest first, page by page")
  func lists() async throws {
    let auth = try await fixture()
    try await auth.register("bob@example.com")
    _ = try await auth.logIn("bob@example.com")
    var logins: [AuthV1.LoginResponse] = []
    for _ in 0..<3 {
      clock.advance(by: .seconds(1))
      logins.append(try await auth.logIn("ada@example.com"))
    }
    let token = logins[1].accessToken
    let all = try await auth.sessions(token)
    #expect(all.map(\.sessionID) == logins.reversed().map(\.sessionID))
    #expect(all.map(\.current) == [false, true, false])
    #expect(all[0].createdAt == Google.Timestamp(clock.now))
    #expect(all[0].expiresAt == Google.Timestamp(clock.now + .seconds(14 * 86_400)))

    var paged: [String] = []
    var page = AuthV1.ListSessionsRequest.with { $0.pageSize = 2 }
    repeat {
      let answer = try await auth.client.listSessions(
        page, options: ServiceFixture.options(token: token))
      paged += answer.sessions.map(\.sessionID)
      page.pageToken = answer.nextPageToken
    } while !page.pageToken.isEmpty
    #expect(paged == all.map(\.sessionID))
    let error = await #expect(throws: RPCError.self) {
      try await auth.client.listSessions(
        .with { $0.pageToken = "zz" }, options: ServiceFixture.options(token: token))
    }
    #expect(error?.violations.map(\.field) == ["page_token"])
  }

  @Test("logging out ends the session, once, and tells nobody whether there was one")
  func logsOut() async throws {
    let auth = try await fixture()
    let login = try await auth.logIn("ada@example.com")
    let other = try await auth.logIn("ada@example.com")
    for token in [login.refreshToken, login.refreshToken, "no token"] {
      _ = try await auth.client.logout(.with { $0.refreshToken = token })
    }
    await #expect(throws: RPCError.self) { try await auth.refresh(login.refreshToken) }
    #expect(try await auth.sessions(other.accessToken).map(\.sessionID) == [other.sessionID])
    let events = try await auth.events().dropFirst()
    #expect(events.map(\.event.eventType) == [.loggedIn, .loggedIn, .loggedOut])
    #expect(events.last?.event.sessionID == login.sessionID)
  }

  @Test("a user ends one session from another; somebody else's is not there")
  func revokes() async throws {
    let auth = try await fixture()
    try await auth.register("eve@example.com")
    let lost = try await auth.logIn("ada@example.com")
    let own = try await auth.logIn("ada@example.com")
    let eve = try await auth.logIn("eve@example.com")
    let before = try await auth.state()
    for id in [lost.sessionID, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"] {
      let error = await #expect(throws: RPCError.self) {
        try await revoke(auth, id, token: eve.accessToken)
      }
      #expect(error?.code == .notFound)
      #expect(error?.reason == "auth.alphintra.com/SESSION_NOT_FOUND")
    }
    #expect(try await auth.state() == before)

    for _ in 0..<2 { try await revoke(auth, lost.sessionID, token: own.accessToken) }
    await #expect(throws: RPCError.self) { try await auth.refresh(lost.refreshToken) }
    _ = try await auth.refresh(own.refreshToken)
    #expect(try await auth.sessions(own.accessToken).map(\.sessionID) == [own.sessionID])
    let events = try await auth.events()
    #expect(events.filter { $0.event.eventType == .sessionRevoked }.count == 1)
    #expect(events.last?.event.sessionID == lost.sessionID)
  }

  @Test("the access token of a session that has ended is refused within ten seconds, everywhere")
  func accessTokenDies() async throws {
    let auth = try await fixture()
    let lost = try await auth.logIn("ada@example.com")
    let own = try await auth.logIn("ada@example.com")
    // Another service, which has verified both tokens and remembers them.
    let elsewhere = auth.verifier(clock: clock)
    for token in [lost, own].map(\.accessToken) {
      _ = try await elsewhere.verify(token)
      #expect(elsewhere.verifiedUser(of: token) != nil)
    }
    try await revoke(auth, lost.sessionID, token: own.accessToken)
    clock.advance(by: .seconds(10))
    await #expect(throws: TokenError.invalid(.session)) {
      try await elsewhere.verify(lost.accessToken)
    }
    #expect(elsewhere.verifiedUser(of: lost.accessToken) == nil)
    #expect(try await elsewhere.verify(own.accessToken).sessionID == own.sessionID)
    // The auth service itself, too.
    let options = try ServiceFixture.options(token: lost.accessToken)
    let error = await #expect(throws: RPCError.self) {
      try await auth.client.getProfile(AuthV1.GetProfileRequest(), options: options)
    }
    #expect(error?.code == .unauthenticated && error?.errorInfo?.metadata["rule"] == "SESSION")

    // When its tokens have expired, nobody needs to know of the session any more.
    #expect(try await auth.client.jwks(AuthV1.JwksRequest()).endedSessionIDs == [lost.sessionID])
    clock.advance(by: .seconds(960))
    #expect(try await auth.client.jwks(AuthV1.JwksRequest()).endedSessionIDs.isEmpty)
  }

  @Test("an operator's new password ends what was begun with the old one")
  func passwordReset() async throws {
    let auth = try await fixture()
    let accounts = OperatorAccounts(
      database: auth.service.environment.database,
      passwords: try await PasswordHasher(
        parameters: .init(memoryKiB: 8, passes: 1, lanes: 1, hashBytes: 32), worker: .init()))
    func ensure(_ password: String) async throws {
      _ = try await accounts.ensure(
        email: "op@example.com", displayName: "Op", password: password)
    }
    try await ensure("correct horse battery staple")
    let old = try await auth.logIn("op@example.com")
    try await ensure("another horse battery staple")
    await #expect(throws: RPCError.self) { try await auth.refresh(old.refreshToken) }
    _ = try await auth.logIn("op@example.com", password: "another horse battery staple")
  }
}
