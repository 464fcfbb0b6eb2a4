import Mesh
import RPC

/// An end user as a call shows one: none, one with certain roles, or one whose token is forged.
struct TestUser: Sendable {
  static let forgedToken = "forged"

  let name: String
  /// What stands behind `Bearer`; nil where nobody is shown.
  let token: String?
  let roles: Set<String>

  /// Nobody, everybody, and everything in between that the contracts can tell apart.
  static let all: [TestUser] = {
    var users = [
      TestUser(name: "nobody", token: nil, roles: []),
      TestUser(name: "a user with a forged token", token: forgedToken, roles: []),
      TestUser(name: "a user without roles", token: "user", roles: []),
      TestUser(name: "a user with another role", token: "user-other", roles: ["other"]),
    ]
    for role in AllContracts.roles {
      users.append(TestUser(name: "a user with role \(role)", token: "user-\(role)", roles: [role]))
    }
    return users
  }()

  var identity: UserIdentity? {
    guard let token, token != Self.forgedToken else { return nil }
    return UserIdentity(
      id: "id-of-\(token)", roles: roles.sorted(), expiresAt: 4_000_000_000, token: token)
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
