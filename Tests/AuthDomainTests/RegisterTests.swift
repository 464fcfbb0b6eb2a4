import AuthDomain
import Core
import Testing

@Suite struct RegisterTests {
  private let valid = Register(
    email: "Ada@example.com", password: "correct horse battery staple", displayName: "Ada")

  @Test func validRequestMakesAUserWithItsFirstEvent() throws {
    let now = Instant(microseconds: 1_700_000_000_000_000)
    let (user, event) = try valid.terms().makeUser(
      id: UserID(rawValue: "u1"), eventID: EventID(rawValue: "e1"), at: now)
    #expect(user.id == UserID(rawValue: "u1"))
    #expect(user.email.text == "Ada@example.com")
    #expect(user.displayName.text == "Ada")
    #expect(user.roles == [.trader])
    #expect(user.createdAt == now)
    #expect(user.eventCount == 1)
    #expect(event.kind == .registered)
    #expect(event.sequence == 1)
    #expect(event.userID == user.id)
    #expect(event.id == EventID(rawValue: "e1"))
    #expect(event.occurredAt == now)
  }

  @Test func everyWrongFieldIsNamedAtOnce() {
    let request = Register(email: "ada", password: "short", displayName: " ")
    #expect(
      throws: RegisterRejection.invalid(
        email: .noAtSign, password: .tooShort(5), displayName: .missing)
    ) { try request.terms() }
  }

  @Test func oneWrongFieldIsNamedAlone() {
    var request = valid
    request.email = ""
    #expect(
      throws: RegisterRejection.invalid(email: .missing, password: nil, displayName: nil)
    ) { try request.terms() }
  }

  @Test func thePasswordIsHeldAgainstTheAddress() {
    var request = valid
    request.password = "ada@EXAMPLE.com"
    #expect(
      throws: RegisterRejection.invalid(email: nil, password: .sameAsAddress, displayName: nil)
    ) { try request.terms() }
  }
}
