import AuthDomain
import Core
import Testing

@Suite struct ChangeRolesTests {
  private func user(_ roles: Set<Role>) throws -> User {
    User(
      id: UserID(rawValue: "u9"), email: try EmailAddress("op@example.com"),
      displayName: try DisplayName("Somebody"), roles: roles, createdAt: .epoch, eventCount: 4)
  }

  private func decide(
    _ change: ChangeRoles.Change, _ roles: Set<Role>
  ) throws -> (user: User, event: UserEvent)? {
    try ChangeRoles.decide(
      change, of: try user(roles), eventID: EventID(rawValue: "e1"), at: .epoch)
  }

  @Test(
    arguments: [
      (ChangeRoles.Change.grant(.admin), [.operator], [.operator, .admin]),
      (.grant(.operator), [], [.operator]),
      (.withdraw(.admin), [.operator, .admin], [.operator]),
      (.withdraw(.operator), [.operator], []),
    ] as [(ChangeRoles.Change, Set<Role>, Set<Role>)])
  func changes(change: ChangeRoles.Change, before: Set<Role>, after: Set<Role>) throws {
    let (user, event) = try #require(try decide(change, before))
    #expect(user.roles == after && user.eventCount == 5)
    #expect(event.kind == .rolesChanged(after) && event.sequence == 5 && event.id.rawValue == "e1")
  }

  @Test func nothingIsDoneTwice() throws {
    #expect(try decide(.grant(.admin), [.admin])?.user == nil)
    #expect(try decide(.withdraw(.admin), [.operator])?.user == nil)
  }

  @Test func whoTradesIsNoStaff() throws {
    for roles in [[.trader], [.trader, .operator]] as [Set<Role>] {
      for change in [ChangeRoles.Change.grant(.admin), .withdraw(.operator)] {
        #expect(throws: ChangeRolesRejection.isTrader) { try decide(change, roles) }
      }
    }
    for change in [ChangeRoles.Change.grant(.trader), .withdraw(.trader)] {
      #expect(throws: ChangeRolesRejection.notAStaffRole(.trader)) {
        try decide(change, [.operator])
      }
    }
  }
}
