import AuthContract
import Core
import Protobuf
import RPC
import TestSupport
import Testing

@Suite("Register") struct RegisterTests {
  @Test("a user is stored with the event that tells of it")
  func registers() async throws {
    let clock = ManualClock(Instant(microseconds: 1_700_000_000_123_456))
    let auth = try await AuthFixture(clock: clock)
    var request = AuthFixture.registration(" Ada.Lovelace@Example.com ", name: " Ada Lovelace ")
    request.password = AuthFixture.password
    var options = CallOptions()
    try options.metadata.add(ServerContext.correlationIDName, "corr-1")
    let user = try await auth.client.register_(request, options: options)

    #expect(user.email == "Ada.Lovelace@Example.com")
    #expect(user.displayName == "Ada Lovelace")
    #expect(user.roles == ["trader"])
    #expect(user.createdAt == Google.Timestamp(clock.now))
    #expect(user.userID.utf8.count == 36 && user.userID.dropFirst(14).first == "7")

    let events = try await auth.events()
    let stored = try #require(events.first)
    #expect(events.count == 1)
    #expect(stored.topic == "user_events")
    #expect(stored.key == user.userID)
    #expect(stored.sequence == 1)
    #expect(stored.correlationID == "corr-1")
    #expect(stored.eventID == stored.event.eventID)
    #expect(stored.event.userID == user.userID)
    #expect(stored.event.eventType == .registered)
    #expect(stored.event.sequence == 1)
    #expect(stored.event.displayName == "Ada Lovelace")
    #expect(stored.event.timestamp == user.createdAt)

    let hash = try await auth.passwordHash(of: "ada.lovelace@example.com")
    #expect(hash.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
    #expect(!(try await auth.state()).contains(AuthFixture.password))
  }

  /// A registration that the contract refuses, and the fields that are wrong with it, as `field:REASON`.
  private static let brokenRules: [(AuthV1.RegisterRequest, [String])] = [
    (AuthFixture.registration(""), ["email:REQUIRED"]),
    (AuthFixture.registration("a@\(String(repeating: "b.", count: 130))com"), ["email:TOO_LONG"]),
    (AuthFixture.registration("ada@example.com", password: ""), ["password:REQUIRED"]),
    (AuthFixture.registration("ada@example.com", password: "elevenchars"), ["password:TOO_SHORT"]),
    (
      AuthFixture.registration("ada@example.com", password: String(repeating: "xyzw1", count: 26)),
      ["password:TOO_LONG"]
    ),
    (AuthFixture.registration("ada@example.com", name: ""), ["display_name:REQUIRED"]),
    (
      AuthFixture.registration("ada@example.com", name: String(repeating: "a", count: 801)),
      ["display_name:TOO_LONG"]
    ),
    // What the domain would say of the address is not asked while the contract is broken.
    (
      AuthFixture.registration("ada", password: "secretpw", name: ""),
      ["password:TOO_SHORT", "display_name:REQUIRED"]
    ),
    (
      AuthV1.RegisterRequest(),
      ["email:REQUIRED", "password:REQUIRED", "display_name:REQUIRED"]
    ),
  ]

  /// A registration that the domain refuses.
  private static let badRegistrations: [(AuthV1.RegisterRequest, [String])] = [
    (AuthFixture.registration("  "), ["email:MISSING"]),
    (AuthFixture.registration("ada"), ["email:INVALID"]),
    (AuthFixture.registration("ada@"), ["email:INVALID"]),
    (AuthFixture.registration("@example.com"), ["email:INVALID"]),
    (AuthFixture.registration("ada@localhost"), ["email:INVALID"]),
    (AuthFixture.registration("a..b@example.com"), ["email:INVALID"]),
    (AuthFixture.registration("ada@exa mple.com"), ["email:INVALID"]),
    (AuthFixture.registration("äda@example.com"), ["email:INVALID"]),
    (
      AuthFixture.registration("ada@example.com", password: "twelve\u{0}chars!"),
      ["password:INVALID"]
    ),
    (
      AuthFixture.registration("ada.lovelace@example.com", password: "Ada.Lovelace"),
      ["password:SAME_AS_EMAIL"]
    ),
    (
      AuthFixture.registration("ada@example.com", password: "passwordpassword"),
      ["password:PREDICTABLE"]
    ),
    (AuthFixture.registration("ada@example.com", name: "   "), ["display_name:MISSING"]),
    (
      AuthFixture.registration("ada@example.com", name: String(repeating: "a", count: 101)),
      ["display_name:TOO_LONG"]
    ),
    (AuthFixture.registration("ada@example.com", name: "Ada\nAdmin"), ["display_name:INVALID"]),
    (AuthFixture.registration("ada@example.com", name: "a\u{202E}b"), ["display_name:INVALID"]),
    (
      AuthFixture.registration("ada", password: "passwordpassword", name: " "),
      ["email:INVALID", "password:PREDICTABLE", "display_name:MISSING"]
    ),
  ]

  @Test("every wrong field is named, and nothing changes")
  func namesEveryWrongField() async throws {
    let auth = try await AuthFixture()
    let before = try await auth.state()
    let refusals =
      Self.brokenRules.map { ($0, $1, "contracts.alphintra.com/INVALID_REQUEST") }
      + Self.badRegistrations.map { ($0, $1, "auth.alphintra.com/INVALID_REGISTRATION") }
    for (request, expected, reason) in refusals {
      let error = await #expect(throws: RPCError.self) {
        try await auth.client.register_(request)
      }
      #expect(error?.code == .invalidArgument, "\(expected)")
      #expect(error?.reason == reason)
      #expect(error?.violations.map { "\($0.field):\($0.reason)" } == expected)
      #expect(error?.violations.allSatisfy { !$0.description.isEmpty } == true)
      if !request.password.isEmpty {
        let text = "\(error?.message ?? "") \(error?.violations ?? [])"
        #expect(!text.contains(request.password), "a password is told: \(text)")
      }
    }
    #expect(try await auth.state() == before)
  }

  @Test("an address is taken whatever its case")
  func addressIsTaken() async throws {
    let auth = try await AuthFixture()
    try await auth.register("ada@example.com")
    let before = try await auth.state()
    for address in ["ada@example.com", "ADA@Example.COM", " ada@example.com"] {
      let error = await #expect(throws: RPCError.self) { try await auth.register(address) }
      #expect(error?.code == .alreadyExists)
      #expect(error?.reason == "auth.alphintra.com/EMAIL_TAKEN")
      #expect(error?.violations.map(\.field) == ["email"])
    }
    #expect(try await auth.state() == before)
  }

  @Test("of many registrations of one address one wins")
  func race() async throws {
    let auth = try await AuthFixture()
    let other = try await AuthFixture(sharing: auth)
    let outcomes = await withTaskGroup(of: StatusCode.self) { group in
      for number in 0..<16 {
        let address = number.isMultiple(of: 2) ? "ada@example.com" : "ADA@example.com"
        let instance = number % 4 < 2 ? auth : other
        group.addTask {
          do {
            try await instance.register(address)
            return .ok
          } catch {
            return (error as? RPCError)?.code ?? .unknown
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == .ok }.count == 1)
    #expect(outcomes.filter { $0 == .alreadyExists }.count == 15)
    let events = try await auth.events()
    #expect(events.map(\.event.eventType) == [.registered])
    #expect(try await auth.logIn("ada@example.com").user?.userID == events.first?.key)
  }
}
