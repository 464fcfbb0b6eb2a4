import AuthContract
import Core
import Mesh
import RPC
import TestSupport
import Testing

@Suite("Login") struct LoginTests {
  @Test("the right password gives a token that names its user")
  func givesToken() async throws {
    let auth = try await AuthFixture()
    let user = try await auth.register("ada@example.com")
    let response = try await auth.logIn(" ADA@example.com ")
    #expect(response.user == user)
    #expect(response.tokenType == "Bearer")
    #expect(response.expiresIn == 900)
    let identity = try await auth.verifier().verify(response.accessToken)
    #expect(identity.id == user.userID)
    #expect(identity.roles == ["trader"])
    #expect(identity.scopes == ["read", "trade"] && identity.assurance == .singleFactor)

    let events = try await auth.events()
    #expect(events.map(\.event.eventType) == [.registered, .loggedIn])
    #expect(events.map(\.sequence) == [1, 2])
    #expect(events.map(\.key) == [user.userID, user.userID])
  }

  @Test("which of address and password was wrong is never told")
  func wrongCredentials() async throws {
    let auth = try await AuthFixture()
    try await auth.register("ada@example.com")
    let before = try await auth.state()
    let attempts = [
      ("ada@example.com", "not the password"),
      ("ada@example.com", String(repeating: "x", count: 128)),
      ("nobody@example.com", AuthFixture.password),
      ("no address", AuthFixture.password),
      (" ", "x"),
    ]
    var answers: Set<String> = []
    for (email, password) in attempts {
      let error = await #expect(throws: RPCError.self) {
        try await auth.logIn(email, password: password)
      }
      #expect(error?.code == .unauthenticated)
      #expect(error?.reason == "auth.alphintra.com/WRONG_CREDENTIALS")
      answers.insert("\(error?.message ?? "") \(error?.details ?? [])")
    }
    #expect(answers.count == 1)
    #expect(try await auth.state() == before)
  }

  @Test("what nobody can have registered is refused by the contract, whoever is registered")
  func brokenRules() async throws {
    let auth = try await AuthFixture()
    try await auth.register("ada@example.com")
    let before = try await auth.state()
    let attempts = [
      ("ada@example.com", "", ["password:REQUIRED"]),
      ("nobody@example.com", "", ["password:REQUIRED"]),
      ("ada@example.com", String(repeating: "x", count: 100_000), ["password:TOO_LONG"]),
      (String(repeating: "x", count: 255), AuthFixture.password, ["email:TOO_LONG"]),
      ("", "", ["email:REQUIRED", "password:REQUIRED"]),
    ]
    for (email, password, expected) in attempts {
      let error = await #expect(throws: RPCError.self) {
        try await auth.logIn(email, password: password)
      }
      #expect(error?.reason == "contracts.alphintra.com/INVALID_REQUEST")
      #expect(error?.violations.map { "\($0.field):\($0.reason)" } == expected)
    }
    #expect(try await auth.state() == before)
  }

  @Test("two keyboards may compose a letter in two ways")
  func canonicalEquivalence() async throws {
    let auth = try await AuthFixture()
    try await auth.register("ada@example.com", password: "caf\u{E9} au lait, s'il vous plait")
    _ = try await auth.logIn("ada@example.com", password: "cafe\u{301} au lait, s'il vous plait")
  }

  @Test("log-ins at the same time count the user's events without a gap")
  func concurrent() async throws {
    let auth = try await AuthFixture()
    try await auth.register("ada@example.com")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { _ = try await auth.logIn("ada@example.com") } }
      try await group.waitForAll()
    }
    #expect(try await auth.events().map(\.sequence) == Array(1...9))
  }

  @Test("a hash of another cost is replaced at the next log-in")
  func rehashes() async throws {
    let old = try await AuthFixture()
    try await old.register("ada@example.com")
    let cheap = try await old.passwordHash(of: "ada@example.com")
    let new = try await AuthFixture(settings: ["AUTH_ARGON2_MEMORY_KIB": "64"], sharing: old)

    await #expect(throws: RPCError.self) {
      try await new.logIn("ada@example.com", password: "not the password")
    }
    #expect(try await new.passwordHash(of: "ada@example.com") == cheap)

    _ = try await new.logIn("ada@example.com")
    let dear = try await new.passwordHash(of: "ada@example.com")
    #expect(dear.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))

    _ = try await new.logIn("ada@example.com")
    #expect(try await new.passwordHash(of: "ada@example.com") == dear)
  }

  @Test("wrong passwords are limited for each address, known or not, and the right one is not")
  func limitsAttempts() async throws {
    let clock = ManualClock(Instant(microseconds: 1_700_000_000_000_000))
    let auth = try await AuthFixture(clock: clock)
    try await auth.register("ada@example.com")
    for _ in 0..<20 { _ = try await auth.logIn("ada@example.com") }
    for address in ["ada@example.com", "nobody@example.com"] {
      for _ in 0..<10 {
        let error = await #expect(throws: RPCError.self) {
          try await auth.logIn(address, password: "not the password")
        }
        #expect(error?.code == .unauthenticated)
      }
      clock.advance(by: .seconds(20))
      let error = await #expect(throws: RPCError.self) { try await auth.logIn(address) }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.reason == "auth.alphintra.com/TOO_MANY_ATTEMPTS")
      #expect(error?.retryDelay == .seconds(40))
    }
    clock.advance(by: .seconds(40))
    _ = try await auth.logIn("ada@example.com")
  }
}
