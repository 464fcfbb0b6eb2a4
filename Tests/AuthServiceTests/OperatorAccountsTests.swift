import Argon2
import AuthContract
import Core
import Mesh
import Postgres
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import AuthService

@Suite("Accounts of operators") struct OperatorAccountsTests {
  private static let email = "operator@example.com"
  private static let cheap = Argon2Parameters(memoryKiB: 8, passes: 1, lanes: 1, hashBytes: 32)

  private func accounts(_ auth: AuthFixture) async throws -> OperatorAccounts {
    OperatorAccounts(
      database: auth.service.environment.database,
      passwords: try await PasswordHasher(parameters: Self.cheap, worker: Argon2Worker()))
  }

  private func ensure(_ accounts: OperatorAccounts, _ password: String) async throws
    -> OperatorAccounts.Outcome
  {
    try await accounts.ensure(email: Self.email, displayName: "Operator", password: password)
  }

  @Test("an operator logs in, may operate and may not trade")
  func makes() async throws {
    let auth = try await AuthFixture()
    let password = GeneratedPassword.make()
    #expect(try await ensure(try await accounts(auth), password) == .made)
    let login = try await auth.logIn(Self.email, password: password)
    #expect(login.user?.roles == ["operator"])
    let identity = try await auth.verifier().verify(login.accessToken)
    #expect(identity.roles == ["operator"] && identity.scopes == ["read", "account", "operate"])
    #expect(try await auth.events().map(\.event.eventType) == [.registered, .loggedIn])
  }

  @Test("repeated it changes nothing; another password takes the place of the first")
  func ensures() async throws {
    let auth = try await AuthFixture()
    let accounts = try await accounts(auth)
    let (first, second) = (GeneratedPassword.make(), GeneratedPassword.make())
    #expect(first != second)
    #expect(try await ensure(accounts, first) == .made)
    let before = try await auth.state()
    #expect(try await ensure(accounts, first) == .kept)
    #expect(try await auth.state() == before)

    #expect(try await ensure(accounts, second) == .passwordReplaced)
    _ = try await auth.logIn(Self.email, password: second)
    await #expect(throws: RPCError.self) { try await auth.logIn(Self.email, password: first) }
    let events = try await auth.events()
    #expect(events.map(\.event.eventType) == [.registered, .passwordReset, .loggedIn])
    #expect(events.map(\.sequence) == [1, 2, 3])
  }

  @Test("many at once make one account, and find it")
  func concurrent() async throws {
    let auth = try await AuthFixture()
    let accounts = try await accounts(auth)
    let password = GeneratedPassword.make()
    let outcomes = try await withThrowingTaskGroup(of: OperatorAccounts.Outcome.self) { group in
      for _ in 0..<8 { group.addTask { try await ensure(accounts, password) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count { $0 == .made } == 1)
    #expect(outcomes.count { $0 == .kept } == 7)
    #expect(try await ensure(accounts, password) == .kept)
    #expect(try await auth.events().filter { $0.event.eventType == .registered }.count == 1)
  }

  @Test("a trader's address makes no operator, and a weak password neither")
  func refuses() async throws {
    let auth = try await AuthFixture()
    try await auth.register(Self.email)
    let accounts = try await accounts(auth)
    let before = try await auth.state()
    await #expect(throws: OperatorAccountError.lacksRole(Self.email, .operator)) {
      try await ensure(accounts, AuthFixture.password)
    }
    let error = await #expect(throws: OperatorAccountError.self) {
      try await ensure(accounts, "operator")
    }
    #expect(error?.description.hasPrefix("the password: ") == true)
    #expect(try await auth.state() == before)
  }

  @Test("a role is granted with the next token, and withdrawn with every session")
  func roles() async throws {
    let auth = try await AuthFixture()
    let accounts = try await accounts(auth)
    let password = GeneratedPassword.make()
    #expect(try await ensure(accounts, password) == .made)
    let before = try await auth.logIn(Self.email, password: password)
    #expect(try await accounts.grant(.admin, to: Self.email))
    #expect(try await !accounts.grant(.admin, to: Self.email))
    let refreshed = try await auth.refresh(before.refreshToken)
    let verifier = auth.verifier()
    #expect(try await verifier.verify(before.accessToken).roles == ["operator"])
    let both = try await verifier.verify(refreshed.accessToken)
    #expect(both.roles == ["admin", "operator"] && both.scopes.contains("administer"))

    #expect(try await accounts.withdraw(.operator, from: Self.email))
    await #expect(throws: RPCError.self) { try await auth.refresh(refreshed.refreshToken) }
    await #expect(throws: TokenError.invalid(.session)) {
      try await auth.verifier().verify(refreshed.accessToken)
    }
    let after = try await auth.logIn(Self.email, password: password)
    #expect(after.user?.roles == ["admin"])
    let events = try await auth.events().map(\.event)
    #expect(
      events.map(\.eventType) == [
        .registered, .loggedIn, .rolesChanged, .rolesChanged, .loggedIn,
      ])
    #expect(events.map(\.roles) == [[], [], ["admin", "operator"], ["admin"], []])
    #expect(events.map(\.sequence) == Array(1...5))
  }

  @Test("an admin is made like an operator; traders and strangers are granted nothing")
  func otherRoles() async throws {
    let auth = try await AuthFixture()
    let accounts = try await accounts(auth)
    let password = GeneratedPassword.make()
    let email = "admin@example.com"
    let made = try await accounts.ensure(
      email: email, displayName: "Admin", password: password, role: .admin)
    #expect(made == .made)
    #expect(try await auth.logIn(email, password: password).user?.roles == ["admin"])
    await #expect(throws: OperatorAccountError.lacksRole(email, .operator)) {
      try await accounts.ensure(email: email, displayName: "Admin", password: password)
    }
    try await auth.register("ada@example.com")
    let before = try await auth.state()
    await #expect(throws: OperatorAccountError.isTrader("ada@example.com")) {
      try await accounts.grant(.operator, to: "ada@example.com")
    }
    await #expect(throws: OperatorAccountError.unknown("eve@example.com")) {
      try await accounts.withdraw(.admin, from: "eve@example.com")
    }
    #expect(try await auth.state() == before)
  }

  @Test("who registered before there were roles is a trader, and keeps a role that is known")
  func migrates() async throws {
    let database = try await TestDatabase.make()
    let migrator = Migrator(pool: database.pool, schema: "auth", logger: .quiet)
    let migrations = AuthService.definition.migrations
    try await migrator.migrate(Array(migrations.prefix { $0.version < 4 }))
    try await database.pool.execute(
      """
      INSERT INTO auth.users (user_id, email, canonical_email, display_name, roles,
        password_hash, event_count, created_at)
      SELECT gen_random_uuid(), name, name, name, string_to_array(roles, ' '), '$argon2id$', 1,
        now()
      FROM (VALUES ('a@example.com', ''), ('b@example.com', 'operator risk')) AS v(name, roles)
      """)
    try await migrator.migrate(migrations)
    let rows = try await database.pool.query(
      "SELECT email, role FROM auth.users JOIN auth.user_roles USING (user_id) ORDER BY 1, 2"
    ).map { try $0.decode(String.self, "email") + " " + $0.decode(String.self, "role") }
    #expect(rows == ["a@example.com trader", "b@example.com operator", "b@example.com trader"])
  }
}
