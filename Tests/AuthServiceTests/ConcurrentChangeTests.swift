import Argon2
import AuthContract
import Mesh
import RPC
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import AuthService

@Suite("Changes of one user at the same time") struct ConcurrentChangeTests {
  private static let email = "operator@example.com"
  private static let old = AuthFixture.password
  private static let new = "another horse battery staple"

  private func accounts(_ auth: AuthFixture) async throws -> OperatorAccounts {
    OperatorAccounts(
      database: auth.service.environment.database,
      passwords: try await PasswordHasher(
        parameters: .init(memoryKiB: 8, passes: 1, lanes: 1, hashBytes: 32), worker: .init()))
  }

  @discardableResult
  private func ensure(
    _ accounts: OperatorAccounts, _ password: String
  ) async throws -> OperatorAccounts.Outcome {
    try await accounts.ensure(email: Self.email, displayName: "Op", password: password)
  }

  /// Whether a call was refused for a wrong password.
  private func isRefused(_ result: Result<Void, any Error>) -> Bool {
    guard case .failure(let error as RPCError) = result else { return false }
    return error.reason == "auth.alphintra.com/WRONG_CREDENTIALS"
  }

  @Test("a log-in with a password that is replaced meanwhile is one with a wrong password")
  func replacedPassword() async throws {
    let auth = try await AuthFixture()
    let accounts = try await accounts(auth)
    try await ensure(accounts, Self.old)
    let results = try await auth.inTurn([
      { try await ensure(accounts, Self.new) },
      { _ = try await auth.logIn(Self.email, password: Self.old) },
    ])
    #expect(throws: Never.self) { try results[0].get() }
    #expect(isRefused(results[1]))
    #expect(try await auth.liveSessions() == 0)
    #expect(try await auth.events().map(\.event.eventType) == [.registered, .passwordReset])
    // It counts as one, too.
    #expect(try await auth.failures() == 1)
    _ = try await auth.logIn(Self.email, password: Self.new)
  }

  @Test("a password whose hash is made anew meanwhile stays the right one")
  func renewedHash() async throws {
    let old = try await AuthFixture()
    let accounts = try await accounts(old)
    try await ensure(accounts, Self.old)
    let new = try await AuthFixture(settings: ["AUTH_ARGON2_MEMORY_KIB": "64"], sharing: old)
    let outcome = Mutex<OperatorAccounts.Outcome?>(nil)
    let results = try await old.inTurn([
      { _ = try await new.logIn(Self.email, password: Self.old) },
      { _ = try await new.logIn(Self.email, password: Self.old) },
      {
        let made = try await ensure(accounts, Self.old)
        outcome.withLock { $0 = made }
      },
    ])
    for result in results { #expect(throws: Never.self) { try result.get() } }
    #expect(outcome.withLock { $0 } == .kept)
    #expect(try await old.liveSessions() == 2)
    #expect(try await old.passwordHash(of: Self.email).hasPrefix("$argon2id$v=19$m=64,"))
  }

  @Test("a role that is withdrawn during a log-in or an exchange is in no token of theirs")
  func withdrawnRole() async throws {
    let auth = try await AuthFixture()
    let accounts = try await accounts(auth)
    try await ensure(accounts, Self.old)
    _ = try await accounts.grant(.admin, to: Self.email)
    let tokens = Mutex<[String]>([])
    let logIn: @Sendable () async throws -> Void = {
      let token = try await auth.logIn(Self.email, password: Self.old).accessToken
      tokens.withLock { $0.append(token) }
    }
    for result in try await auth.inTurn([
      { _ = try await accounts.withdraw(.operator, from: Self.email) }, logIn,
    ]) { #expect(throws: Never.self) { try result.get() } }
    #expect(
      try await auth.verifier().verify(#require(tokens.withLock(\.first))).roles == ["admin"])

    // Granting ends no session: an exchange that waits for it has the role.
    let refreshToken = try await auth.logIn(Self.email, password: Self.old).refreshToken
    for result in try await auth.inTurn([
      { _ = try await accounts.grant(.operator, to: Self.email) },
      {
        let token = try await auth.refresh(refreshToken).accessToken
        tokens.withLock { $0.append(token) }
      },
    ]) { #expect(throws: Never.self) { try result.get() } }
    #expect(
      try await auth.verifier().verify(#require(tokens.withLock(\.last))).roles
        == ["admin", "operator"])
  }

  @Test(
    "of two roles that are withdrawn at the same time none comes back, and none granted is lost")
  func rolesAtOnce() async throws {
    let auth = try await AuthFixture()
    let accounts = try await accounts(auth)
    try await ensure(accounts, Self.old)
    for result in try await auth.inTurn([
      { _ = try await accounts.grant(.admin, to: Self.email) },
      { _ = try await accounts.withdraw(.operator, from: Self.email) },
    ]) { #expect(throws: Never.self) { try result.get() } }
    #expect(try await auth.logIn(Self.email, password: Self.old).user?.roles == ["admin"])

    _ = try await accounts.grant(.operator, to: Self.email)
    for result in try await auth.inTurn([
      { _ = try await accounts.withdraw(.operator, from: Self.email) },
      { _ = try await accounts.withdraw(.admin, from: Self.email) },
    ]) { #expect(throws: Never.self) { try result.get() } }
    #expect(try await auth.logIn(Self.email, password: Self.old).user?.roles == [])
    let changes = try await auth.events().map(\.event).filter { $0.eventType == .rolesChanged }
    #expect(
      changes.map(\.roles) == [
        ["admin", "operator"], ["admin"], ["admin", "operator"], ["admin"], [],
      ])
  }
}
