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

  /// What a client must present: nothing, a token, or a token with one of several roles and with all
  /// scopes.
  static func requirement(of access: AccessModel) -> JSONNode {
    guard let user = access.user else { return [] }
    let scopes = user.scopes.map(JSONNode.text)
    if user.roles.isEmpty { return .array([requirement(scopes)]) }
    // Requirements in a list are alternatives.
    return .array(user.roles.map { requirement([.text($0)] + scopes) })
  }

  private static func requirement(_ names: [JSONNode]) -> JSONNode {
    .object([JSONNode.Member(name: scheme, value: .array(names))])
  }
}
