/// How an operation's access rule is told to clients.
enum OpenAPISecurity {
  private static let scheme = "accessToken"

  /// The one way to say who the user is.
  static let schemes: JSONNode = [
    "accessToken": [
      "type": "http",
      "scheme": "bearer",
      "bearerFormat": "JWT",
      "description": "An access token, as log-in answers it (RFC 6750).",
    ]
  ]

  /// What a client must present: nothing, a token, or a token with one of several roles.
  static func requirement(of access: AccessModel) -> JSONNode {
    guard let roles = access.userRoles else { return [] }
    if roles.isEmpty { return [.object([JSONNode.Member(name: scheme, value: [])])] }
    // Requirements in a list are alternatives.
    return .array(
      roles.map { .object([JSONNode.Member(name: scheme, value: [.text($0)])]) })
  }
}
