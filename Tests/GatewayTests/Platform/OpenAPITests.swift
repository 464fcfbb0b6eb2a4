import EdgeClient
import Foundation
import GatewayRoutes
import NIOHTTP1
import RPC
import TestSupport
import Testing

@testable import Gateway
@testable import Transcoding

@Suite("The OpenAPI document") struct OpenAPITests {
  @Test("Describes every route of the gateway and no other, and the WebSocket with every channel")
  func operations() throws {
    let operations = try OpenAPIDocument().operations
    let routes = AllRoutes.routes.map {
      "\($0.verb.rawValue) \(OpenAPIDocument.shape($0.template.text))"
    }
    #expect(Set(operations.keys) == Set(routes).union(["GET \(Edge.webSocketPath)"]))
    let channels = operations["GET \(Edge.webSocketPath)"]?["x-websocket-channels"]
    let names = try #require(channels as? [String: Any]).keys
    #expect(Set(names) == Set(AllRoutes.channels.map(\.name)))
  }

  @Test("Says of each operation what its route does", arguments: AllRoutes.routes)
  func operation(route: Route) throws {
    let key = "\(route.verb.rawValue) \(OpenAPIDocument.shape(route.template.text))"
    let operation = try #require(try OpenAPIDocument().operations[key])
    #expect(operation["x-rpc"] as? String == String(route.method.path.dropFirst()))
    #expect(operation["summary"] as? String != nil, "\(key) has no comment")
    #expect((operation["requestBody"] != nil) == route.takesBody)
    let parameters = operation["parameters"] as? [[String: Any]] ?? []
    let variables = Set(route.template.variables.map(\.fieldPath))
    let query = route.fields.filter { !variables.contains($0) }.map(FieldName.json)
    #expect(
      Set(parameters.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String })
        == Set(query))
    #expect(parameters.count { $0["in"] as? String == "path" } == variables.count)
    let statuses = try #require(operation["responses"] as? [String: Any]).keys
    #expect(statuses.filter { $0.hasPrefix("2") } == ["\(route.successStatus)"])
    let security = try #require(operation["security"] as? [[String: Any]])
    if case .required = route.method.access.user {
      #expect(security.allSatisfy { $0["accessToken"] != nil } && !security.isEmpty)
    } else {
      #expect(security.isEmpty)
    }
    let milliseconds = route.method.deadline.map { Int($0 / .milliseconds(1)) }
    #expect(operation["x-deadline-ms"] as? Int == milliseconds)
  }

  @Test("Is OpenAPI, and the gateway's responses follow it, the good ones and the problems")
  func responses() async throws {
    var exchanges: [OpenAPIDocument.Exchange] = []
    try await LivePlatform.run { platform in
      let token = try platform.tokens.token(for: "u1")
      func exchange(
        _ verb: HTTPMethod, _ path: String, _ body: String?, _ token: String?, expecting: Int?
      ) async throws {
        let response = try await platform.client.send(
          verb, path, json: body.map { Array($0.utf8) }, token: token)
        if let expecting { #expect(response.status == expecting, "\(response.text)") }
        exchanges.append(
          .response(
            method: verb.rawValue, path: template(verb, path), status: response.status,
            mediaType: response.headers["content-type"].first ?? "", body: response.text))
      }
      for (verb, path, body, _, needsUser) in PlatformRESTTests.operations {
        try await exchange(verb, path, body, needsUser ? token : nil, expecting: nil)
      }
      try await exchange(.GET, "/api/orders", nil, nil, expecting: 401)
      try await exchange(.GET, "/api/orders?page_size=many", nil, token, expecting: 400)
      try await exchange(.POST, "/api/orders", #"{"side":"HOLD"}"#, token, expecting: 400)
      for code in StatusCode.allCases where code != .ok {
        platform.recorder.fail(
          with: RPCError(
            code, "it went wrong",
            details: [
              .errorInfo(reason: "WENT_WRONG", domain: "test", metadata: ["amount": "1.5"]),
              .badRequest([FieldViolation(field: "symbol", description: "is wrong")]),
              .retryInfo(delay: .seconds(2)),
            ]))
        try await exchange(
          .POST, "/api/orders", PlatformRESTTests.order, token,
          expecting: Problem.status(of: code))
      }
    }
    for (exchange, mistake) in zip(exchanges, try await OpenAPIDocument.mistakes(in: exchanges)) {
      #expect(mistake == nil, "\(exchange)")
    }
  }

  @Test("What is said over the WebSocket follows it, in both directions")
  func webSocket() async throws {
    var exchanges: [OpenAPIDocument.Exchange] = []
    try await LivePlatform.run { platform in
      let socket = try await TestWebSocket.open(platform.running)
      let token = try platform.tokens.token(for: "u1")
      // What is said, and how many answers it has.
      let conversation = [
        (#"{"type":"ping"}"#, 1),
        (#"{"type":"unsubscribe","id":"none"}"#, 1),
        (#"{"type":"authenticate","token":"\#(token)"}"#, 1),
        (#"{"type":"subscribe","id":"o","channel":"orders"}"#, 2),
        (#"{"type":"subscribe","id":"q","channel":"quotes","params":{"symbols":["AAPL"]}}"#, 2),
        (#"{"type":"unsubscribe","id":"o"}"#, 1),
      ]
      for (said, answers) in conversation {
        exchanges.append(.schema("WebSocket.ClientMessage", body: said))
        try await socket.send(said)
        for _ in 0..<answers {
          exchanges.append(.schema("WebSocket.ServerMessage", body: try await socket.message()))
        }
      }
    }
    for (exchange, mistake) in zip(exchanges, try await OpenAPIDocument.mistakes(in: exchanges)) {
      #expect(mistake == nil, "\(exchange)")
    }
  }

  @Test("What does not follow it is found: the checks above can fail")
  func mistakes() async throws {
    let wrong: [OpenAPIDocument.Exchange] = [
      .response(
        method: "GET", path: "/api/orders/{order_id}", status: 200, mediaType: "application/json",
        body: #"{"orderId":7}"#),
      .response(
        method: "GET", path: "/api/orders/{order_id}", status: 201, mediaType: "application/json",
        body: "{}"),
      .response(
        method: "GET", path: "/api/orders/{order_id}", status: 200,
        mediaType: "application/json", body: #"{"createdAt":"yesterday"}"#),
      .response(
        method: "GET", path: "/api/orders/{order_id}", status: 404,
        mediaType: "application/problem+json", body: #"{"title":"Not Found"}"#),
      .request(method: "POST", path: "/api/orders", body: #"{"side":"HOLD"}"#),
      .request(method: "POST", path: "/api/orders", body: #"{"quantity":"1e5"}"#),
      .schema("WebSocket.ClientMessage", body: #"{"type":"subscribe","id":"1","channel":"x"}"#),
      .schema("WebSocket.ClientMessage", body: #"{"type":"ping","id":"1"}"#),
    ]
    let right: [OpenAPIDocument.Exchange] = [
      .request(method: "POST", path: "/api/orders", body: PlatformRESTTests.order)
    ]
    let mistakes = try await OpenAPIDocument.mistakes(in: wrong + right)
    for (exchange, mistake) in zip(wrong, mistakes) { #expect(mistake != nil, "\(exchange)") }
    #expect(mistakes.last == .some(nil))
  }

  /// Bodies right and wrong, by every kind of rule that the contracts state about them.
  private static let bodies = [
    (
      "/api/auth/register", #"{"email":"a@b.example","password":"correct horse","displayName":"A"}"#
    ),
    ("/api/auth/register", #"{"email":"a@b.example","password":"short","displayName":"A"}"#),
    ("/api/auth/register", #"{"email":"a@b.example","password":"correct horse"}"#),
    ("/api/auth/register", #"{"email":"","password":"correct horse","displayName":"A"}"#),
    ("/api/auth/register", "{}"),
    ("/api/auth/login", #"{"email":"a@b.example","password":"x"}"#),
    ("/api/auth/login", #"{"email":"a@b.example"}"#),
    ("/api/orders", PlatformRESTTests.order),
    ("/api/orders", #"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"10.5"}"#),
    ("/api/orders", #"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"-10"}"#),
    ("/api/orders", #"{"symbol":"AAPL","side":"BUY","type":"MARKET"}"#),
    ("/api/orders", #"{"symbol":"aapl","side":"BUY","type":"MARKET","quantity":"10"}"#),
    ("/api/orders", #"{"symbol":"AAPL","side":"UNSPECIFIED","type":"MARKET","quantity":"10"}"#),
    ("/api/orders", #"{"symbol":"AAPL","side":"HOLD","type":"MARKET","quantity":"10"}"#),
    (
      "/api/orders",
      #"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"10","clientOrderId":""}"#
    ),
    (
      "/api/orders",
      #"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"10","clientOrderId":"a b"}"#
    ),
  ]

  @Test("The schemas of bodies admit what the edge admits, and refuse what it refuses")
  func rules() async throws {
    let exchanges = Self.bodies.map { path, body in
      OpenAPIDocument.Exchange.request(method: "POST", path: path, body: body)
    }
    let mistakes = try await OpenAPIDocument.mistakes(in: exchanges)
    try await LivePlatform.run { platform in
      let token = try platform.tokens.token(for: "u1")
      for ((path, body), mistake) in zip(Self.bodies, mistakes) {
        let response = try await platform.client.send(
          .POST, path, json: Array(body.utf8), token: token)
        #expect((response.status == 400) == (mistake != nil), "\(body): \(response.text)")
      }
    }
    #expect(mistakes.contains(nil) && mistakes.contains { $0 != nil })
  }

  /// The path of the document for a path that was asked for.
  private func template(_ verb: HTTPMethod, _ path: String) -> String {
    let segments = path.prefix { $0 != "?" }.split(separator: "/")
    let route = AllRoutes.routes.first { route in
      let own = route.template.text.split(separator: "/")
      return route.verb.rawValue == verb.rawValue && own.count == segments.count
        && zip(own, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
    }
    return route?.template.text ?? path
  }
}
