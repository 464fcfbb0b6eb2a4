/// The headers of responses.
enum OpenAPIHeaders {
  /// Those that responses share, by the names they refer to.
  static let components: JSONNode = [
    "CorrelationId": [
      "description": "The id of everything done for the request; a client may choose it.",
      "schema": ["type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"],
    ],
    "RetryAfter": [
      "description": "After how many seconds a repetition can help.",
      "schema": ["type": "integer", "minimum": 0],
    ],
    "WWWAuthenticate": [
      "description": "What is wrong with the token (RFC 6750).", "schema": ["type": "string"],
    ],
    "RateLimitPolicy": [
      "description": """
      How many requests of the operation's class are admitted in how many seconds \
      (draft-ietf-httpapi-ratelimit-headers): `"orders";q=100;w=60`.
      """,
      "schema": ["type": "string"],
    ],
    "RateLimit": [
      "description": """
      How many more requests of the class are admitted now, and after how many seconds one more: \
      `"orders";r=99;t=60`.
      """,
      "schema": ["type": "string"],
    ],
    "Deprecation": [
      "description": "Since when the operation is deprecated (RFC 9745): `@1793491200`.",
      "schema": ["type": "string", "pattern": "^@[0-9]+$"],
    ],
    "Sunset": [
      "description": "From when on the operation may be gone (RFC 8594), as an HTTP date.",
      "schema": ["type": "string"],
    ],
    "DeprecationLink": [
      "description": "Where what takes its place is told: `<…>; rel=\"deprecation\"`.",
      "schema": ["type": "string"],
    ],
  ]

  /// The headers of every response.
  static let always = JSONNode.object([
    JSONNode.Member(name: "X-Correlation-Id", value: reference("CorrelationId"))
  ])

  /// The headers of what is counted against a limit.
  ///
  /// Where a platform has no limit for the class there are none.
  static let ofRate = JSONNode.object([
    JSONNode.Member(name: "RateLimit-Policy", value: reference("RateLimitPolicy")),
    JSONNode.Member(name: "RateLimit", value: reference("RateLimit")),
  ])

  /// The headers of a response that succeeds.
  static func ofResponse(to method: MethodModel) -> JSONNode {
    var headers = always
    if method.rateClass != nil { headers = headers.adding(ofRate) }
    guard let deprecation = method.deprecation else { return headers }
    headers["Deprecation"] = reference("Deprecation")
    if deprecation.sunset != nil { headers["Sunset"] = reference("Sunset") }
    if deprecation.link != nil { headers["Link"] = reference("DeprecationLink") }
    return headers
  }

  /// Refers to one of the headers that responses share.
  static func reference(_ name: String) -> JSONNode {
    ["$ref": .text("#/components/headers/\(name)")]
  }
}
