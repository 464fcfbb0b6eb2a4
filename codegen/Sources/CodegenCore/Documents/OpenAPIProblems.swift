/// What a client is told when something goes wrong: problem+json (RFC 9457), as the gateway writes it.
enum OpenAPIProblems {
  /// The name of the schema that all problems share.
  static let schemaName = "Problem"

  /// The members of RFC 9457 and the gateway's own.
  static let schema: JSONNode = [
    "type": "object",
    "description": "What went wrong with a request (RFC 9457).",
    "properties": [
      "type": [
        "type": "string", "format": "uri",
        "description": "The kind of problem: the reason as a URI.",
        "examples": ["urn:alphintra:problem:token-expired"],
      ],
      "title": ["type": "string", "description": "The status in words."],
      "status": ["type": "integer", "description": "The HTTP status."],
      "detail": ["type": "string", "description": "What happened, for the person who reads it."],
      "instance": ["type": "string", "description": "The path of the request."],
      "code": [
        "type": "string", "description": "The kind of failure, as gRPC names it.",
        "enum": [
          "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
          "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
          "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
          "UNAUTHENTICATED",
        ],
      ],
      "reason": ["type": "string", "description": "The kind of failure, a constant for programs."],
      "errors": [
        "type": "array",
        "description": "Every field that is wrong.",
        "items": [
          "type": "object",
          "properties": [
            "field": ["type": "string", "description": "The field in JSON names."],
            "reason": ["type": "string", "description": "A constant for programs."],
            "description": ["type": "string", "description": "What rule the field breaks."],
          ],
          "required": ["field", "description"],
        ],
      ],
      "metadata": [
        "type": "object",
        "description": "What belongs to the reason, such as the amounts behind it.",
        "additionalProperties": ["type": "string"],
      ],
      "effect": [
        "type": "string",
        "description": """
        What is known about a request that was not answered: `none` is that nothing was changed, \
        `unknown` that it may have taken effect.
        """,
        "enum": ["none", "unknown"],
      ],
      "correlationId": [
        "type": "string", "description": "Ties the answer to what the platform logged about it.",
      ],
    ],
    "required": ["type", "title", "status", "detail", "code", "reason", "correlationId"],
  ]

  /// The responses that operations share, by the names they refer to.
  static let responses: JSONNode = .object(
    kinds.map { kind in
      var headers = OpenAPIHeaders.always
      if let name = kind.header?.name, let component = kind.header?.component {
        headers[name] = OpenAPIHeaders.reference(component)
      }
      if case .rate = kind.when { headers = headers.adding(OpenAPIHeaders.ofRate) }
      return JSONNode.Member(
        name: kind.name,
        value: [
          "description": .text(kind.description),
          "headers": headers,
          "content": [
            "application/problem+json": ["schema": OpenAPISchemas.reference(schemaName)]
          ],
        ])
    })

  /// The responses of an operation that say what went wrong, by status.
  ///
  /// The gateway maps every code of gRPC; listed is what a client has to expect of an operation like
  /// this, and `default` stands for the rest.
  static func references(
    needsUser: Bool, takesBody: Bool, changesState: Bool, takesKey: Bool, isCounted: Bool
  ) -> JSONNode {
    var node: JSONNode = [:]
    for kind in kinds {
      let isExpected =
        switch kind.when {
        case .always: true
        // What is called without a token may check credentials in its body, as log-in does.
        case .credentials: needsUser || takesBody
        case .body: takesBody
        case .change: changesState
        case .key: takesKey
        case .rate: isCounted
        case .quota: !isCounted
        }
      if isExpected { node[kind.status] = reference("responses", kind.name) }
    }
    return node
  }

  /// The responses that say what went wrong with opening a WebSocket.
  static let ofUpgrade: JSONNode = [
    "400": reference("responses", "BadRequest"),
    "401": reference("responses", "Unauthenticated"),
    "403": reference("responses", "PermissionDenied"),
    "426": [
      "description": "The request does not ask for a WebSocket.",
      "headers": OpenAPIHeaders.always,
      "content": ["application/problem+json": ["schema": OpenAPISchemas.reference(schemaName)]],
    ],
    "503": reference("responses", "Unavailable"),
    "default": reference("responses", "Problem"),
  ]

  private struct Kind {
    enum Condition { case always, credentials, body, change, key, rate, quota }

    var status: String
    var name: String
    var description: String
    var when: Condition = .always
    var header: (name: String, component: String)?
  }

  private static let kinds = [
    Kind(
      status: "400", name: "BadRequest",
      description: "The request is malformed, or breaks a rule: `errors` names every wrong field."),
    Kind(
      status: "401", name: "Unauthenticated",
      description: "The credentials are missing or not valid.",
      when: .credentials, header: ("WWW-Authenticate", "WWWAuthenticate")),
    Kind(
      status: "403", name: "PermissionDenied", description: "The user may not do this.",
      when: .credentials),
    Kind(status: "404", name: "NotFound", description: "There is no such thing."),
    Kind(
      status: "409", name: "Conflict",
      description: "It exists already, or another request was faster.", when: .change),
    Kind(
      status: "413", name: "BodyTooLarge", description: "The body has too many bytes.", when: .body),
    Kind(
      status: "415", name: "UnsupportedMediaType",
      description: "The body is not JSON in UTF-8 without compression.", when: .body),
    Kind(
      status: "422", name: "IdempotencyKeyReused",
      description: "The idempotency key was sent with another request before.", when: .key),
    Kind(
      status: "429", name: "RateLimited",
      description: """
        Too many requests of the operation's class in its window, or a quota is used up: a request \
        after the time that `Retry-After` names is admitted.
        """, when: .rate, header: ("Retry-After", "RetryAfter")),
    Kind(
      status: "429", name: "ResourceExhausted",
      description: "Too much is asked for, or a quota is used up.", when: .quota,
      header: ("Retry-After", "RetryAfter")),
    Kind(
      status: "500", name: "Internal",
      description: "The platform failed; `effect` says what is known."),
    Kind(
      status: "503", name: "Unavailable",
      description: "The platform cannot answer now; `effect` says what is known.",
      header: ("Retry-After", "RetryAfter")),
    Kind(
      status: "504", name: "DeadlineExceeded",
      description: "The answer took too long; `effect` says what is known."),
    Kind(status: "default", name: "Problem", description: "Whatever else went wrong."),
  ]

  private static func reference(_ section: String, _ name: String) -> JSONNode {
    ["$ref": .text("#/components/\(section)/\(name)")]
  }
}
