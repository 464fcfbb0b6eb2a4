/// Writes the WebSocket of the gateway: one operation, its channels, and what is said over it.
struct OpenAPIChannels {
  private struct Offer {
    var package: PackageModel
    var service: ServiceModel
    var method: MethodModel
    var channel: ChannelModel

    /// The stem of the channel's schemas.
    var stem: String {
      let name = channel.name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
      return "WebSocket.\(String(name))"
    }
  }

  private let offers: [Offer]

  init(_ packages: [PackageModel]) {
    offers = packages.flatMap { package in
      package.services.flatMap { service in
        service.methods.compactMap { method in
          method.channel.map {
            Offer(package: package, service: service, method: method, channel: $0)
          }
        }
      }
    }
  }

  var isEmpty: Bool { offers.isEmpty }

  func node(_ schemas: inout OpenAPISchemas) -> JSONNode {
    for (name, schema) in OpenAPIWebSocket.schemas { schemas.add(name, schema) }
    var client = OpenAPIWebSocket.clientMessages
    var server = OpenAPIWebSocket.serverMessages
    var channels: JSONNode = [:]
    for offer in offers {
      client.append("\(offer.stem).Subscribe")
      server += ["\(offer.stem).Snapshot", "\(offer.stem).Update"]
      channels[offer.channel.name] = channel(offer, &schemas)
    }
    schemas.add(
      "WebSocket.ClientMessage", ["oneOf": .array(client.map(OpenAPISchemas.reference))])
    schemas.add(
      "WebSocket.ServerMessage", ["oneOf": .array(server.map(OpenAPISchemas.reference))])
    schemas.add(OpenAPIProblems.schemaName, OpenAPIProblems.schema)
    var names: [JSONNode] = []
    for offer in offers {
      let name = JSONNode.text(offer.package.publicName(of: offer.service))
      if !names.contains(name) { names.append(name) }
    }
    return [
      "tags": .array(names),
      "operationId": "WebSocket_Open",
      "summary": "Opens a WebSocket",
      "description": """
      JSON text messages in both directions: the client sends `WebSocket.ClientMessage`, the \
      server `WebSocket.ServerMessage`. A channel answers `subscribed`, then one snapshot, then \
      each change. A token may come with this request or by a message.
      """,
      "security": [[:], ["accessToken": []]],
      "responses": JSONNode.object([
        JSONNode.Member(
          name: "101", value: ["description": "The connection is a WebSocket (RFC 6455)."])
      ]).adding(OpenAPIProblems.ofUpgrade),
      "x-websocket-messages": [
        "client": OpenAPISchemas.reference("WebSocket.ClientMessage"),
        "server": OpenAPISchemas.reference("WebSocket.ServerMessage"),
      ],
      "x-websocket-channels": channels,
    ]
  }

  private func channel(_ offer: Offer, _ schemas: inout OpenAPISchemas) -> JSONNode {
    let (method, channel) = (offer.method, offer.channel)
    addMessages(of: offer, &schemas)
    var node: JSONNode = [:]
    node["summary"] = method.comment.summary.map { .text($0) }
    node["description"] = method.comment.discussion.map { .text($0) }
    if method.comment.isDeprecated { node["deprecated"] = true }
    node["security"] = OpenAPISecurity.requirement(of: method.access)
    node["params"] = schemas.schema(of: .message(method.request))
    node["snapshot"] = schemas.schema(of: channel.snapshot.value)
    node["update"] = schemas.schema(of: channel.update.value)
    node["messages"] = .object(
      ["Subscribe", "Snapshot", "Update"].map { kind in
        JSONNode.Member(
          name: kind.lowercased(), value: OpenAPISchemas.reference("\(offer.stem).\(kind)"))
      })
    if !channel.keys.isEmpty { node["keys"] = .array(channel.keys.map { .text($0.jsonName) }) }
    node["overflow"] = channel.conflateBy == nil ? "disconnect" : "conflate"
    node["conflateBy"] = channel.conflateBy.map { .text($0.jsonName) }
    node["conflateMilliseconds"] = channel.conflateMilliseconds.map { .integer($0) }
    node["heartbeatMilliseconds"] = channel.heartbeatMilliseconds.map { .integer($0) }
    return node.adding(OpenAPIOperation.extensions(of: method, offer.service))
  }

  /// The subscription of a channel and what it brings, each with its type and name fixed.
  private func addMessages(of offer: Offer, _ schemas: inout OpenAPISchemas) {
    let channel = offer.channel
    var subscribe = OpenAPIWebSocket.message(
      "subscribe", "Opens the channel `\(channel.name)`.",
      [
        "id": OpenAPIWebSocket.clientID, "channel": ["const": .text(channel.name)],
        "params": schemas.schema(of: .message(offer.method.request)),
      ], optional: schemas.hasRequiredFields(offer.method.request) ? [] : ["params"])
    subscribe["additionalProperties"] = false
    schemas.add("\(offer.stem).Subscribe", subscribe)
    for (kind, field) in [("Snapshot", channel.snapshot), ("Update", channel.update)] {
      var sequence = schemas.constrained(channel.sequence)
      sequence["description"] = channel.sequence.comment.prose.map { .text($0) }
      schemas.add(
        "\(offer.stem).\(kind)",
        OpenAPIWebSocket.message(
          kind.lowercased(), field.comment.prose ?? "",
          [
            "id": OpenAPIWebSocket.serverID, "channel": ["const": .text(channel.name)],
            "sequence": sequence, "data": schemas.schema(of: field.value),
          ]))
    }
  }
}
