import AuthContract
import AuthDomain
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
    #expect(identity.scopes == ["read", "trade", "account"] && identity.assurance == .singleFactor)

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

  @Test("of 1,000 guesses at one address at most 30 are evaluated, known or not")
  func limitsAttempts() async throws {
    let clock = ManualClock(Instant(microseconds: 1_700_000_000_000_000))
    let auth = try await AuthFixture(clock: clock)
    try await auth.register("ada@example.com")
    for _ in 0..<20 { _ = try await auth.logIn("ada@example.com") }
    var answers: Set<[String]> = []
    for address in ["ada@example.com", "nobody@example.com"] {
      var guesses: [String] = []
      for _ in 0..<1_000 {
        let error = await #expect(throws: RPCError.self) {
          try await auth.logIn(address, password: "not the password")
        }
        guesses.append("\(error?.reason ?? "") \(error?.message ?? "") \(error?.details ?? [])")
        // As patient as it takes for twelve hours.
        clock.advance(by: .seconds(43))
      }
      #expect(guesses.count { $0.contains("WRONG_CREDENTIALS") } <= 30)
      #expect(guesses.count { $0.contains("TOO_MANY_ATTEMPTS") } >= 970)
      answers.insert(guesses)
    }
    // Guess by guess the same: nobody learns whether the address is anybody's.
    #expect(answers.count == 1)
    // The owner waits out the lock, and is forgiven.
    clock.advance(by: LockOut.longestLock)
    _ = try await auth.logIn("ada@example.com")
    for _ in 0..<LockOut.freeAttempts {
      let error = await #expect(throws: RPCError.self) {
        try await auth.logIn("ada@example.com", password: "not the password")
      }
      #expect(error?.code == .unauthenticated)
    }
    let error = await #expect(throws: RPCError.self) { try await auth.logIn("ada@example.com") }
    #expect(error?.retryDelay == LockOut.firstLock)
  }
}
