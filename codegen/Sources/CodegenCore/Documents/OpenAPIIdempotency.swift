/// The header by which a client says that two requests are one (draft-ietf-httpapi-idempotency-key-header).
enum OpenAPIIdempotency {
  /// The parameter's name among those that operations share.
  static let name = "IdempotencyKey"

  /// A reference to it.
  static let parameter: JSONNode = ["$ref": .text("#/components/parameters/\(name)")]

  /// The parameters that operations share.
  static let parameters: JSONNode = [
    "IdempotencyKey": [
      "name": "Idempotency-Key", "in": "header",
      "description": """
      The client's name for this request, such as a UUID: under one key the same request takes \
      effect once and is answered as the first time, for at least 24 hours. Another request under \
      the key is answered by 422, one that comes while the first is worked on by 409.
      """,
      "schema": ["type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"],
    ]
  ]
}
