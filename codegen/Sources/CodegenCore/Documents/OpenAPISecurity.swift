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
  ///
  /// OpenAPI lists roles for such a scheme; scopes stand beside it, under `x-scopes`.
  static func requirement(of access: AccessModel) -> JSONNode {
    guard let user = access.user else { return [] }
    // Requirements in a list are alternatives.
    let alternatives = user.roles.isEmpty ? [[]] : user.roles.map { [JSONNode.text($0)] }
    return .array(
      alternatives.map { .object([JSONNode.Member(name: scheme, value: .array($0))]) })
  }
}
