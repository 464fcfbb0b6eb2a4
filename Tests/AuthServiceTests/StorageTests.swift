import AuthContract
import AuthDomain
import Core
import Postgres
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import AuthService

@Suite("What the auth service stores") struct StorageTests {
  @Test("without its event a user is not stored either")
  func userAndEventTogether() async throws {
    let auth = try await AuthFixture()
    try await auth.register("ada@example.com")
    let before = try await auth.state()
    try await administer(auth) { transaction in
      try await transaction.script(
        """
        CREATE FUNCTION auth.refuse() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'no room for secrets'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON auth.outbox
          FOR EACH ROW EXECUTE FUNCTION auth.refuse();
        """)
    }
    for call in [
      { try await auth.register("bob@example.com") },
      { try await auth.logIn("ada@example.com").user ?? AuthV1.User() },
    ] as [@Sendable () async throws -> AuthV1.User] {
      let error = await #expect(throws: RPCError.self) { try await call() }
      #expect(error?.code == .internal)
      #expect(error?.message == "the service failed")
    }
    #expect(try await auth.state() == before)
  }

  @Test("a connection lost behind COMMIT leaves no doubt: the registration is repeated as it was")
  func lostCommit() async throws {
    let auth = try await AuthFixture()
    try await administer(auth) { transaction in
      // Ends the session while it commits, once.
      try await transaction.script(
        """
        CREATE SEQUENCE auth.commits;
        CREATE FUNCTION auth.end_session() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$
          BEGIN
            IF nextval('auth.commits') = 1 THEN
              PERFORM pg_terminate_backend(pg_backend_pid());
            END IF;
            RETURN NULL;
          END $$;
        CREATE CONSTRAINT TRIGGER end_session AFTER INSERT ON auth.users
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION auth.end_session();
        """)
    }
    let user = try await auth.register("ada@example.com")
    #expect(try await auth.events().map(\.key) == [user.userID])
    #expect(try await commits(of: auth) == 2)
    #expect(try await auth.logIn("ada@example.com").user == user)
  }

  @Test("where the repetition fails, too, it is not known whether the user was stored")
  func lostCommitThatCannotBeRepeated() async throws {
    let auth = try await AuthFixture()
    try await administer(auth) { transaction in
      // Ends the session while it commits, and then has every attempt lose a race.
      try await transaction.script(
        """
        CREATE SEQUENCE auth.commits;
        CREATE FUNCTION auth.end_session() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$
          BEGIN
            IF nextval('auth.commits') = 1 THEN
              PERFORM pg_terminate_backend(pg_backend_pid());
            END IF;
            RAISE EXCEPTION 'lost' USING ERRCODE = 'serialization_failure';
          END $$;
        CREATE CONSTRAINT TRIGGER end_session AFTER INSERT ON auth.users
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION auth.end_session();
        """)
    }
    let error = await #expect(throws: RPCError.self) { try await auth.register("ada@example.com") }
    #expect(error?.code == .unknown)
    #expect(error?.errorInfo?.reason == "OUTCOME_UNKNOWN")
  }

  @Test("what was stored by an attempt before is recognized by its id")
  func repeatedAddition() async throws {
    let auth = try await AuthFixture()
    let users = UserStore(database: auth.service.environment.database)
    let terms = try Register(
      email: "ada@example.com", password: AuthFixture.password, displayName: "Ada"
    ).terms()
    let now = SystemClock().now
    let hash = PasswordHash(phc: "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA")
    func add(_ id: UserID) async throws -> UserStore.Addition {
      let user = terms.makeUser(id: id, eventID: EventID(UUIDv7.make(now: now)), at: now).user
      return try await users.database.transaction { try await users.add(user, hash, in: $0) }
    }
    let id = UserID(UUIDv7.make(now: now))
    #expect(try await add(id) == .added)
    #expect(try await add(id) == .emailTaken(by: id))
    #expect(try await add(UserID(UUIDv7.make(now: now))) == .emailTaken(by: id))
  }

  @Test("a database that is gone is told as such")
  func unavailable() async throws {
    let auth = try await AuthFixture()
    await auth.service.environment.database.close()
    let error = await #expect(throws: RPCError.self) { try await auth.register("ada@example.com") }
    #expect(error?.code == .unavailable)
    #expect(error?.errorInfo?.reason == "DATABASE_UNAVAILABLE")
    #expect(error?.retryDelay == .seconds(1))
  }

  private func administer(
    _ auth: AuthFixture, _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> Void
  ) async throws {
    try await auth.service.database.pool.transaction { try await body($0) }
  }

  private func commits(of auth: AuthFixture) async throws -> Int64 {
    try await auth.service.database.pool.query("SELECT last_value FROM auth.commits").one()
      .decode(Int64.self, "last_value")
  }
}
