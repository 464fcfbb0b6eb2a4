import EdgeClient
import Mesh
import NIOHTTP1
import RPC
import RPCTransport
import Testing

@testable import Gateway

@Suite("Problems as RFC 9457 tells them")
struct ProblemTests {
  @Test(
    "Every gRPC code has its HTTP status",
    arguments: [
      (.cancelled, 499), (.unknown, 500), (.invalidArgument, 400), (.deadlineExceeded, 504),
      (.notFound, 404), (.alreadyExists, 409), (.permissionDenied, 403),
      (.resourceExhausted, 429), (.failedPrecondition, 400), (.aborted, 409), (.outOfRange, 400),
      (.unimplemented, 501), (.internal, 500), (.unavailable, 503), (.dataLoss, 500),
      (.unauthenticated, 401),
    ] as [(StatusCode, Int)])
  func codes(code: StatusCode, status: Int) async throws {
    try await LiveGateway.run { live in
      let response = try await live.client.send(
        .GET, "/api/things/x?fail_code=\(code.rawValue)&fail_message=why")
      #expect(response.status == status)
      #expect(response.headers["content-type"] == ["application/problem+json"])
      #expect(response.text.contains(#""status":\#(status),"#))
      #expect(response.text.contains(#""code":"\#(code.name)""#))
      #expect(response.text.contains(#""instance":"/api/things/x""#))
      #expect((response.headers["retry-after"] == ["1"]) == (code == .unavailable))
      #expect(response.headers.contains(name: "www-authenticate") == (code == .unauthenticated))
    }
  }

  @Test(
    "What the codes leave open about the effect of a request is told",
    arguments: [
      (.cancelled, "unknown"), (.unknown, "unknown"), (.deadlineExceeded, "unknown"),
      (.unavailable, "unknown"), (.internal, "unknown"), (.dataLoss, "unknown"),
      (.invalidArgument, nil), (.notFound, nil), (.alreadyExists, nil), (.permissionDenied, nil),
      (.resourceExhausted, nil), (.failedPrecondition, nil), (.aborted, nil), (.outOfRange, nil),
      (.unimplemented, nil), (.unauthenticated, nil),
    ] as [(StatusCode, String?)])
  func effects(code: StatusCode, effect: String?) async throws {
    try await LiveGateway.run { live in
      let body = #"{"failCode":\#(code.rawValue),"failMessage":"why"}"#
      let response = try await live.client.send(.POST, "/api/things", json: Array(body.utf8))
      #expect(response.text.contains(#""effect":"#) == (effect != nil))
      if let effect { #expect(response.text.contains(#""effect":"\#(effect)""#)) }
      #expect(response.text.contains("look with GET /api/things") == (effect != nil))
      let read = try await live.client.send(.GET, "/api/things/x?fail_code=\(code.rawValue)")
      #expect(read.text.contains(#""effect":"none""#) == (effect != nil))
    }
  }

  @Test("A call that was not made changed nothing")
  func notMade() throws {
    let causes: [any Error] = [CallNotProcessed(wasSent: false), ServiceNotReached(reason: nil)]
    for cause in causes {
      let error = RPCError(.unavailable, "gone", cause: cause)
      #expect(Problem(error, of: ExampleMethods.create, lookup: "GET /x").effect == .unchanged)
    }
    let lost = RPCError(.unavailable, "gone")
    #expect(Problem(lost, of: ExampleMethods.create, lookup: "GET /x").effect == .unknown)
  }

  @Test("Where no token was asked for, none is said to be wrong")
  func challenge() async throws {
    try await LiveGateway.run { live in
      let response = try await live.client.send(.GET, "/api/things/x?fail_code=16&fail_message=no")
      #expect(response.status == 401)
      #expect(response.headers["www-authenticate"] == [#"Bearer realm="alphintra""#])
    }
  }

  @Test(
    "What a token lacks is named, so that a client can get a better one",
    arguments: [
      (
        .scopesRequired(["read", "trade"]), 403,
        #"error="insufficient_scope", error_description="this method needs an access token with the "#
          + #"scopes read trade", scope="read trade""#
      ),
      (
        .assuranceRequired(.multiFactor), 401,
        #"error="insufficient_user_authentication", error_description="this method needs a token of "#
          + #"a log-in with two factors", acr_values="aal2""#
      ),
      (
        .token(.expired(at: 1)), 401,
        #"error="invalid_token", error_description="the access token has expired""#
      ),
      (.roleRequired(oneOf: ["admin"]), 403, nil),
    ] as [(AccessDenial, Int, String?)])
  func betterToken(denial: AccessDenial, status: Int, attributes: String?) {
    for problem in [
      Problem(refusal: denial.rpcError), Problem(denial.rpcError, of: ExampleMethods.mine),
    ] {
      #expect(problem.status == status)
      #expect(
        problem.headers.map { "\($0.name): \($0.value)" }
          == (attributes.map { [#"www-authenticate: Bearer realm="alphintra", \#($0)"#] } ?? []))
    }
  }

  @Test("The service's details become members")
  func details() async throws {
    try await LiveGateway.run { live in
      let response = try await live.client.send(
        .GET, "/api/things/x?fail_code=9&fail_message=too+poor&payload=AA",
        headers: ["X-Correlation-Id": "c"])
      #expect(
        response.text == """
          {"type":"urn:alphintra:problem:insufficient-funds","title":"Bad Request","status":400,\
          "detail":"too poor","instance":"/api/things/x","code":"FAILED_PRECONDITION",\
          "reason":"INSUFFICIENT_FUNDS","errors":[{"field":"legs[2].limitPrice",\
          "reason":"MUST_BE_POSITIVE","description":"must be positive, got -1"}],\
          "metadata":{"available":"1.5","required":"2"},"correlationId":"c"}
          """)
      #expect(response.headers["retry-after"] == ["3"])
    }
  }

  @Test(
    "A deadline never reads as failure",
    arguments: [
      (.GET, "/api/things/hold", nil, "none", "the deadline"),
      (
        .POST, "/api/things", #"{"text":"hold"}"#, "unknown",
        "look with GET /api/things before repeating it"
      ),
      (
        .PUT, "/api/things/hold", "{}", "unknown",
        "repeat it unchanged, it takes effect once"
      ),
    ] as [(HTTPMethod, String, String?, String, String)])
  func unknownOutcome(
    method: HTTPMethod, path: String, body: String?, effect: String, words: String
  ) async throws {
    let routes = ExampleRoutes.routes(deadline: .seconds(1))
    try await LiveGateway.run(routes: routes) { live in
      let response = try await live.client.send(method, path, json: body.map { Array($0.utf8) })
      #expect(response.status == 504)
      #expect(response.text.contains(#""effect":"\#(effect)""#))
      #expect(response.text.contains(words))
      #expect(response.text.contains("unknown") == (effect == "unknown"))
    }
  }

  @Test(
    "What the edge refuses itself",
    arguments: [
      (.GET, "/nowhere", nil, [:], 404, "ROUTE_NOT_FOUND", "no route answers GET /nowhere"),
      (.DELETE, "/api/things", nil, [:], 405, "METHOD_NOT_ALLOWED", "GET, POST, HEAD"),
      (.OPTIONS, "/api/things/x", nil, [:], 405, "METHOD_NOT_ALLOWED", "GET, PUT, HEAD"),
      (.GET, "/api/../x", nil, [:], 400, "MALFORMED_PATH", "no . or .. segment"),
      (.GET, "/api/things/%zz", nil, [:], 400, "MALFORMED_PATH", "%zz"),
      (.GET, "/api/things/x?count=%", nil, [:], 400, "MALFORMED_QUERY", "count=%"),
      (.GET, "/api/things/x?nope=1", nil, [:], 400, "UNKNOWN_PARAMETER", "nope"),
      (.GET, "/api/things/x?count=a&delay_ms=b", nil, [:], 400, "INVALID_PARAMETERS", "delayMs"),
      (.GET, "/api/things/x", "{}", [:], 400, "UNEXPECTED_BODY", "2 bytes"),
      (.POST, "/api/things", "{", [:], 400, "MALFORMED_BODY", "byte 1"),
      (.POST, "/api/things", #"{"nope":1}"#, [:], 400, "MALFORMED_BODY", #""field":"nope""#),
      (.POST, "/api/things", #"{"count":"x"}"#, [:], 400, "MALFORMED_BODY", #""field":"count""#),
      (.POST, "/api/things", #"{"count":1,"count":1}"#, [:], 400, "MALFORMED_BODY", "set twice"),
      (.POST, "/api/things", #"{"text":"\#u{FF}\ud800"}"#, [:], 400, "MALFORMED_BODY", "escape"),
      (
        .POST, "/api/things", "{}", ["Content-Type": "text/plain"], 415, "UNSUPPORTED_MEDIA_TYPE",
        "text/plain"
      ),
      (
        .POST, "/api/things", "{}", ["Content-Type": "application/json; charset=latin1"], 415,
        "UNSUPPORTED_MEDIA_TYPE", "latin1"
      ),
      (
        .POST, "/api/things", "{}", ["Content-Encoding": "gzip"], 415,
        "UNSUPPORTED_CONTENT_ENCODING", "gzip"
      ),
    ] as [(HTTPMethod, String, String?, [String: String], Int, String, String)])
  func edge(
    method: HTTPMethod, target: String, body: String?, headers: [String: String], status: Int,
    reason: String, words: String
  ) async throws {
    try await LiveGateway.run { live in
      let response = try await live.client.send(
        method, target, json: body.map { Array($0.utf8) },
        headers: HTTPHeaders(headers.map { ($0, $1) }))
      #expect(response.status == status)
      #expect(response.text.contains(#""reason":"\#(reason)""#))
      #expect(response.text.contains(words), "\(response.text)")
      #expect(live.service.calls.contexts.isEmpty)
      if status == 405 { #expect(response.headers["allow"].first?.isEmpty == false) }
    }
  }

  @Test("A charset of UTF-8 in any spelling is JSON")
  func charset() async throws {
    try await LiveGateway.run { live in
      for type in ["application/json;charset=UTF-8", "Application/JSON; charset=\"utf-8\""] {
        let response = try await live.client.send(
          .POST, "/api/things", json: Array("{}".utf8), headers: ["Content-Type": type])
        #expect(response.status == 201)
      }
    }
  }
}
