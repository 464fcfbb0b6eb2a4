import Core
import EdgeClient
import Mesh
import NIOHTTP1
import RPC
import RPCInProcess
import TestSupport
import Testing

@testable import Gateway

@Suite("The platform's REST operations") struct PlatformRESTTests {
  static let order = #"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"10"}"#

  static let registration =
    #"{"email":"a@example.com","password":"twelve letters","displayName":"A"}"#
  static let logIn = #"{"email":"a@example.com","password":"x"}"#

  /// Every operation, with a body where it takes one, and whether it needs a user.
  static let operations: [(HTTPMethod, String, String?, String, Bool)] = [
    (.POST, "/api/auth/register", registration, "Register", false),
    (.POST, "/api/auth/login", logIn, "Login", false),
    (.GET, "/api/users/profile", nil, "GetProfile", true),
    (.GET, "/api/market-data/symbols", nil, "ListInstruments", false),
    (.GET, "/api/market-data/AAPL/ticker", nil, "GetQuote", false),
    (.GET, "/api/market-data/AAPL/candles", nil, "ListCandles", false),
    (.POST, "/api/orders", order, "PlaceOrder", true),
    (.DELETE, "/api/orders/o1", nil, "CancelOrder", true),
    (.GET, "/api/orders/o1", nil, "GetOrder", true),
    (.GET, "/api/orders", nil, "ListOrders", true),
    (.GET, "/api/trades", nil, "ListTrades", true),
    (.GET, "/api/positions", nil, "ListPositions", true),
  ]

  @Test("Each reaches its RPC, with the user and the correlation id, which comes back")
  func reachTheirRPCs() async throws {
    try await LivePlatform.run { platform in
      let token = try platform.tokens.token(for: "u1")
      for (method, path, body, name, needsUser) in Self.operations {
        let response = try await platform.client.send(
          method, path, json: body.map { Array($0.utf8) }, token: token,
          headers: ["X-Correlation-Id": "c-\(name)"])
        let created = ["Register", "PlaceOrder"].contains(name)
        #expect(response.status == (created ? 201 : 200), "\(name): \(response.text)")
        #expect(response.headers["x-correlation-id"] == ["c-\(name)"])
        #expect(platform.recorder.methods.last == name)
        #expect(platform.recorder.correlationIDs.last == "c-\(name)")
        #expect(platform.recorder.users.last == .some(needsUser ? "u1" : nil))
      }
      #expect(platform.recorder.methods.count == Self.operations.count)
    }
  }

  @Test("Without a good token a user's operation is 401 with its reason, and no service is asked")
  func tokens() async throws {
    try await LivePlatform.run { platform in
      let tokens = platform.tokens
      var expired = tokens.claims(for: "u1")
      expired.expiresAt = 1_000_000_000
      var foreign = tokens.claims(for: "u1")
      foreign.audience = ["another"]
      var stranger = tokens.claims(for: "u1")
      stranger.issuer = "https://evil.example"
      let cases: [(String, String?)] = [
        ("TOKEN_MISSING", nil),
        ("TOKEN_EXPIRED", try tokens.token(expired)),
        ("TOKEN_INVALID", try TestTokenIssuer(keyID: tokens.keyID).token(for: "u1")),
        ("TOKEN_INVALID", try tokens.token(foreign)),
        ("TOKEN_INVALID", try tokens.token(stranger)),
        (
          "TOKEN_INVALID",
          try tokens.token(
            tokens.claims(for: "u1"), header: tokens.header(algorithm: "none"), signing: .none)
        ),
        ("TOKEN_INVALID", "nonsense"),
      ]
      for (method, path, body, name, needsUser) in Self.operations where needsUser {
        for (reason, token) in cases {
          let response = try await platform.client.send(
            method, path, json: body.map { Array($0.utf8) }, token: token)
          #expect(response.status == 401, "\(name)")
          #expect(response.headers["content-type"] == ["application/problem+json"])
          #expect(response.text.contains(#""reason":"\#(reason)""#), "\(response.text)")
          let challenge = try #require(response.headers["www-authenticate"].first)
          #expect(challenge.hasPrefix(#"Bearer realm="alphintra""#))
          #expect(challenge.contains(#"error="invalid_token""#) == (token != nil))
        }
      }
      #expect(platform.recorder.methods.isEmpty)
    }
  }

  @Test(
    "A wrong order never reaches trading, and the answer names what is wrong",
    arguments: [
      ("{", 400, "MALFORMED_BODY", "body"),
      ("[]", 400, "MALFORMED_BODY", "body"),
      (#"{"symbl":"AAPL"}"#, 400, "MALFORMED_BODY", #""field":"symbl""#),
      (#"{"symbol":"AAPL","user_id":"u2"}"#, 400, "MALFORMED_BODY", #""field":"user_id""#),
      (#"{"side":"HOLD"}"#, 400, "MALFORMED_BODY", #""field":"side""#),
      (#"{"quantity":"ten"}"#, 400, "MALFORMED_BODY", #""field":"quantity""#),
      (
        #"{"quantity":"0.1234567890123456789"}"#, 400, "MALFORMED_BODY", #""field":"quantity""#
      ),
      (#"{"quantity":{"value":"1"}}"#, 400, "MALFORMED_BODY", #""field":"quantity""#),
      ("{}", 400, "INVALID_REQUEST", #""field":"symbol","reason":"REQUIRED""#),
      (#"{"quantity":"-1"}"#, 400, "INVALID_REQUEST", "must be greater than 0, got -1"),
      (
        #"{"symbol":""# + String(repeating: "A", count: 2000) + #""}"#, 413, "BODY_TOO_LARGE",
        "at most 1500 bytes"
      ),
    ] as [(String, Int, String, String)])
  func wrongOrders(body: String, status: Int, reason: String, words: String) async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.bodyBytes = 1500
    try await LivePlatform.run(configuration) { platform in
      let response = try await platform.client.send(
        .POST, "/api/orders", json: Array(body.utf8), token: platform.tokens.token(for: "u1"))
      #expect(response.status == status, "\(response.text)")
      #expect(response.headers["content-type"] == ["application/problem+json"])
      #expect(response.text.contains(#""reason":"\#(reason)""#))
      #expect(response.text.contains(words), "\(response.text)")
      #expect(response.headers["x-correlation-id"].first?.isEmpty == false)
      #expect(platform.recorder.methods.isEmpty)
    }
  }

  @Test("What a service refuses keeps its reason, its fields in JSON names, and its pause")
  func refusals() async throws {
    let domain = "auth.alphintra.com"
    try await LivePlatform.run { platform in
      platform.recorder.fail(
        with: RPCError(
          .invalidArgument, "these fields are not valid: display_name",
          details: [
            .errorInfo(reason: "INVALID_REGISTRATION", domain: domain, metadata: [:]),
            .badRequest([
              FieldViolation(
                field: "display_name", description: "a name is required", reason: "MISSING")
            ]),
          ]))
      let invalid = try await platform.client.send(
        .POST, "/api/auth/register", json: Array(Self.registration.utf8))
      #expect(invalid.status == 400)
      #expect(invalid.text.contains(#""reason":"INVALID_REGISTRATION""#))
      #expect(invalid.text.contains(#"{"field":"displayName","reason":"MISSING","#))

      platform.recorder.fail(
        with: RPCError(
          .resourceExhausted, "later",
          details: [
            .errorInfo(reason: "TOO_MANY_ATTEMPTS", domain: domain, metadata: [:]),
            .retryInfo(delay: .milliseconds(40_500)),
          ]))
      let limited = try await platform.client.send(
        .POST, "/api/auth/login", json: Array(Self.logIn.utf8))
      #expect(limited.status == 429)
      #expect(limited.headers["retry-after"] == ["41"])

      platform.recorder.fail(
        with: RPCError(
          .unauthenticated, "wrong",
          details: [.errorInfo(reason: "WRONG_CREDENTIALS", domain: domain, metadata: [:])]))
      let wrong = try await platform.client.send(
        .POST, "/api/auth/login", json: Array(Self.logIn.utf8))
      #expect(wrong.status == 401)
      #expect(wrong.text.contains(#""reason":"WRONG_CREDENTIALS""#))
      #expect(wrong.headers["www-authenticate"] == [#"Bearer realm="alphintra""#])
    }
  }

  @Test("An order whose upstream is lost is of unknown outcome, and how to find out is said")
  func lostUpstream() async throws {
    try await LivePlatform.run { platform in
      platform.recorder.hold()
      let token = try platform.tokens.token(for: "u1")
      async let answer = platform.client.send(
        .POST, "/api/orders", json: Array(Self.order.utf8), token: token)
      try await eventually { platform.recorder.methods == ["PlaceOrder"] }
      await platform.server.stop(grace: .zero)
      let response = try await answer
      #expect(response.status == 503)
      #expect(response.text.contains(#""effect":"unknown""#))
      #expect(response.text.contains("look with GET /api/orders before repeating it"))
    }
  }

  @Test("An order whose deadline passes is of unknown outcome; a cancellation may be repeated")
  func deadline() async throws {
    try await LivePlatform.run(deadline: nil) { platform in
      platform.recorder.hold()
      let token = try platform.tokens.token(for: "u1")
      // Both wait for the deadlines of the contract at the same time.
      async let placing = platform.client.send(
        .POST, "/api/orders", json: Array(Self.order.utf8), token: token)
      async let canceling = platform.client.send(.DELETE, "/api/orders/o1", token: token)
      async let reading = platform.client.send(.GET, "/api/orders/o1", token: token)
      let (placed, canceled, read) = try await (placing, canceling, reading)
      for response in [placed, canceled, read] {
        #expect(response.status == 504)
        #expect(response.headers["content-type"] == ["application/problem+json"])
      }
      #expect(placed.text.contains(#""effect":"unknown""#))
      #expect(placed.text.contains("look with GET /api/orders before repeating it"))
      #expect(canceled.text.contains(#""effect":"unknown""#))
      #expect(canceled.text.contains("repeat it unchanged, it takes effect once"))
      #expect(read.text.contains(#""effect":"none""#))
    }
  }
}
