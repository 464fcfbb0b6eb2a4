import Mesh
import RPC

/// An end user as a call shows one: none, one with certain roles, or one whose token is forged.
struct TestUser: Sendable {
  static let forgedToken = "forged"

  let name: String
  /// What stands behind `Bearer`; nil where nobody is shown.
  let token: String?
  var roles: Set<String> = []
  var scopes = Set(AllContracts.scopes)
  var hasTwoFactors = true

  /// Nobody, everybody, and everything in between that the contracts can tell apart.
  static let all: [TestUser] = {
    var users = [
      TestUser(name: "nobody", token: nil),
      TestUser(name: "a user with a forged token", token: forgedToken),
      TestUser(name: "a user without roles", token: "user"),
      TestUser(name: "a user with another role", token: "user-other", roles: ["other"]),
      TestUser(name: "a user without scopes", token: "user-unscoped", scopes: []),
      TestUser(name: "a user with another scope", token: "user-elsewhere", scopes: ["other"]),
    ]
    for role in AllContracts.roles {
      users.append(TestUser(name: "a user with role \(role)", token: "user-\(role)", roles: [role]))
    }
    for scope in AllContracts.scopes {
      users.append(
        TestUser(name: "a user with scope \(scope)", token: "user-of-\(scope)", scopes: [scope]))
      users.append(
        TestUser(
          name: "a user with every scope but \(scope)", token: "user-not-\(scope)",
          scopes: Set(AllContracts.scopes).subtracting([scope])))
    }
    let everyRole = Set(AllContracts.roles)
    users.append(TestUser(name: "a user with every role", token: "user-all", roles: everyRole))
    users.append(
      TestUser(
        name: "a user with every role and one factor", token: "user-once", roles: everyRole,
        hasTwoFactors: false))
    return users
  }()

  var identity: UserIdentity? {
    guard let token, token != Self.forgedToken else { return nil }
    return UserIdentity(
      id: "id-of-\(token)", roles: roles.sorted(), scopes: scopes.sorted(),
      assurance: hasTwoFactors ? .multiFactor : .singleFactor, expiresAt: 4_000_000_000,
      token: token)
  }

  /// What a call for this user carries.
  var metadata: Metadata {
    get throws {
      var metadata = Metadata()
      if let token { try metadata.add("authorization", "Bearer \(token)") }
      return metadata
    }
  }
}

/// Knows the users of the tests by their tokens.
struct TestUserVerifier: TokenVerifier {
  func verifiedUser(of token: String) -> UserIdentity? { nil }

  func verify(_ token: String) async throws(TokenError) -> UserIdentity {
    guard let user = TestUser.all.first(where: { $0.token == token })?.identity else {
      throw .invalid(.signature)
    }
    return user
  }
}
