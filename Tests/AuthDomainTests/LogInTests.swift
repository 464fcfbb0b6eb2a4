import AuthDomain
import Core
import Testing

@Suite struct LogInTests {
  private let now = Instant(microseconds: 1_700_000_000_000_000)
  private let eventID = EventID(rawValue: "e9")

  private let sessionID = SessionID(rawValue: "s1")
  private let rules = SessionRules(
    idleLimit: .seconds(60), lifetime: .seconds(600), grace: .seconds(10), maximumPerUser: 5)

  private func user(eventCount: Int64) throws -> User {
    User(
      id: UserID(rawValue: "u1"), email: try EmailAddress("ada@example.com"),
      displayName: try DisplayName("Ada"), roles: [.trader], createdAt: .epoch,
      eventCount: eventCount)
  }

  @Test func rightPasswordCountsTheEvent() throws {
    let before = try user(eventCount: 4)
    let (after, session, event) = try LogIn.decide(
      for: before, passwordMatches: true, sessionID: sessionID, rules, eventID: eventID, at: now)
    #expect(session.id == sessionID && session.userID == before.id && session.generation == 1)
    #expect(session.isLive(rules, at: now) && session.end == nil)
    #expect(event.sessionID == sessionID)
    #expect(after.eventCount == 5)
    #expect(event.sequence == 5)
    #expect(event.kind == .loggedIn)
    #expect(event.occurredAt == now)
    #expect(after.id == before.id)
  }

  @Test(arguments: [(true, false), (false, false), (false, true)])
  func everyOtherCaseLooksTheSame(isKnown: Bool, passwordMatches: Bool) throws {
    let owner = isKnown ? try user(eventCount: 1) : nil
    #expect(throws: LogInRejection.wrongCredentials) {
      try LogIn.decide(
        for: owner, passwordMatches: passwordMatches, sessionID: sessionID, rules,
        eventID: eventID, at: now)
    }
  }

  @Test func textThatIsNoAddressBelongsToNobody() {
    #expect(LogIn(email: "ada", password: "x").address == nil)
    #expect(
      LogIn(email: " ADA@example.com", password: "x").address?.canonicalText == "ada@example.com")
  }
}
