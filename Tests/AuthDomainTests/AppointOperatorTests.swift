import AuthDomain
import Core
import Testing

@Suite struct AppointOperatorTests {
  private let now = Instant(microseconds: 1_700_000_000_000_000)

  private func decide(
    _ owner: (user: User, passwordMatches: Bool)?
  ) throws -> AppointOperator.Decision {
    let terms = try Register(
      email: "op@example.com", password: "correct horse battery staple", displayName: "Operator"
    ).terms()
    return try AppointOperator.decide(
      terms, owner: owner, id: UserID(rawValue: "u1"), eventID: EventID(rawValue: "e1"), at: now)
  }

  private func owner(_ roles: Set<Role>) throws -> User {
    User(
      id: UserID(rawValue: "u9"), email: try EmailAddress("op@example.com"),
      displayName: try DisplayName("Somebody"), roles: roles, createdAt: .epoch, eventCount: 4)
  }

  @Test func whoIsNotThereIsAdded() throws {
    guard case .add(let user, let event) = try decide(nil) else {
      Issue.record("nobody was added")
      return
    }
    #expect(user.id == UserID(rawValue: "u1") && user.roles == [.operator])
    #expect(event.kind == .registered && event.sequence == 1)
  }

  @Test func anotherPasswordReplacesTheOldOne() throws {
    guard case .replacePassword(let user, let event) = try decide((owner([.operator]), false))
    else {
      Issue.record("the password was not replaced")
      return
    }
    #expect(user.id == UserID(rawValue: "u9") && user.eventCount == 5)
    #expect(event.kind == .passwordReset && event.sequence == 5 && event.id.rawValue == "e1")
  }

  @Test func nothingIsDoneTwice() throws {
    guard case .keep = try decide((owner([.operator, .trader]), true)) else {
      Issue.record("something was done")
      return
    }
  }

  @Test(arguments: [[], [.trader], [.admin]] as [Set<Role>], [true, false])
  func noAddressMakesAnOperator(roles: Set<Role>, passwordMatches: Bool) throws {
    let user = try owner(roles)
    #expect(throws: AppointOperatorRejection.lacksRole) {
      try decide((user, passwordMatches))
    }
  }
}
