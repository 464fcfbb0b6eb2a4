/// What is said over the gateway's WebSocket whatever the channel is: its `ClientMessage` and
/// `ServerMessage` as JSON Schema.
enum OpenAPIWebSocket {
  /// The id a client chooses for a subscription.
  static let clientID: JSONNode = [
    "type": "string", "minLength": 1, "maxLength": 64, "description": "A name of the client's own.",
  ]

  /// The id of the subscription a message is about.
  static let serverID: JSONNode = ["type": "string", "description": "The id of the subscription."]

  /// What a client may say beside the channels' subscriptions.
  static let clientMessages = ["Authenticate", "Unsubscribe", "Ping"].map { "WebSocket.\($0)" }

  /// What the gateway says beside the channels' snapshots and updates.
  static let serverMessages = [
    "Authenticated", "Subscribed", "Unsubscribed", "Interrupted", "Error", "Heartbeat", "Pong",
  ].map { "WebSocket.\($0)" }

  /// The schemas of both lists, by their names.
  static var schemas: [(String, JSONNode)] {
    let about: JSONNode = ["id": serverID, "channel": ["type": "string"]]
    let time: JSONNode = ["type": "string", "format": "date-time"]
    let client: [(String, JSONNode)] = [
      (
        "Authenticate",
        message("authenticate", "Says who the user is, or renews the token.", ["token": string])
      ),
      ("Unsubscribe", message("unsubscribe", "Closes a channel.", ["id": clientID])),
      ("Ping", message("ping", "Asks for a `pong`.", [:])),
    ]
    let server: [(String, JSONNode)] = [
      (
        "Authenticated",
        message("authenticated", "The token was accepted.", ["userId": string, "expiresAt": time])
      ),
      ("Subscribed", message("subscribed", "The channel is open; a snapshot follows.", about)),
      ("Unsubscribed", message("unsubscribed", "The channel is closed as asked.", about)),
      (
        "Interrupted",
        message(
          "interrupted", "The stream ended; it is opened again and begins with a snapshot.",
          about.adding(["code": string, "detail": string]))
      ),
      ("Error", error),
      (
        "Heartbeat",
        message(
          "heartbeat",
          "A sign of life; with an `id`, of that subscription: nothing came after its `sequence`.",
          about.adding(["sequence": string, "time": time]), optional: ["id", "channel", "sequence"])
      ),
      ("Pong", message("pong", "The answer to `ping`.", [:])),
    ]
    let strict = client.map { name, schema in
      (name, schema.adding(["additionalProperties": false]))
    }
    return (strict + server).map { ("WebSocket.\($0.0)", $0.1) }
  }

  /// A message of a type, with its other members, all of them required but those named.
  static func message(
    _ type: String, _ description: String, _ members: JSONNode, optional: Set<String> = []
  ) -> JSONNode {
    var names = ["type"]
    if case .object(let list) = members { names += list.map(\.name) }
    return [
      "type": "object",
      "description": .text(description),
      "properties": JSONNode.object([
        JSONNode.Member(name: "type", value: ["const": .text(type)])
      ]).adding(members),
      "required": .array(names.filter { !optional.contains($0) }.map { .text($0) }),
    ]
  }

  private static let string: JSONNode = ["type": "string"]

  /// A problem, whose `type` is called `problem` here.
  private static var error: JSONNode {
    var members: JSONNode = [
      "id": serverID, "channel": string, "problem": ["type": "string", "format": "uri"],
    ]
    let problem = OpenAPIProblems.schema["properties"] ?? [:]
    if case .object(let list) = problem {
      for member in list where member.name != "type" && member.name != "instance" {
        members[member.name] = member.value
      }
    }
    return message(
      "error", "Something was refused, or a channel ended for good; the socket stays open.",
      members, optional: ["id", "channel", "errors", "metadata", "effect"])
  }
}
