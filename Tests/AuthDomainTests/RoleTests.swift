import AuthDomain
import Testing

@Suite struct RoleTests {
  @Test(
    arguments: [
      ([], ""),
      ([.trader], "read trade account"),
      ([.operator], "read account operate"),
      ([.admin], "read account administer"),
      ([.operator, .trader], "read trade account operate"),
      ([.admin, .operator, .trader], "read trade account operate administer"),
    ] as [(Set<Role>, String)])
  func aSessionMayDoWhatItsUserMay(roles: Set<Role>, scopes: String) {
    #expect(roles.sessionScopes.map(\.rawValue).joined(separator: " ") == scopes)
  }

  @Test func whoMakesMoneyAppearDoesNotTrade() {
    for role in Role.allCases {
      #expect(!(role.sessionScopes.contains(.trade) && role.sessionScopes.contains(.operate)))
    }
  }

  @Test func namesAreSorted() {
    #expect(Set(Role.allCases).names == ["admin", "operator", "trader"])
  }
}
