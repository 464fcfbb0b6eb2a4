import EdgeClient
import Logging
import NIOHTTP1
import Observability
import RPC
import TestSupport
import Testing

@testable import Gateway

@Suite("REST over a live gateway")
struct RESTTests {
  @Test("A GET becomes an RPC and its reply JSON")
  func get() async throws {
    try await LiveGateway.run { live in
      let response = try await live.client.send(.GET, "/api/things/a%20b?count=3")
      #expect(response.status == 200)
      #expect(response.text == #"{"text":"a b","payload":"","index":3}"#)
      #expect(response.headers["content-type"] == ["application/json"])
      #expect(response.headers["cache-control"] == ["no-store"])
      #expect(response.headers["content-length"] == ["\(response.body.count)"])
    }
  }

  @Test("Browsers are told to be careful with every answer")
  func defaultHeaders() async throws {
    try await LiveGateway.run { live in
      for path in ["/api/things/x", "/nowhere", "/healthz"] {
        let headers = try await live.client.send(.GET, path).headers
        #expect(headers["x-content-type-options"] == ["nosniff"])
        #expect(headers["x-frame-options"] == ["DENY"])
        #expect(headers["referrer-policy"] == ["no-referrer"])
        #expect(headers["cross-origin-resource-policy"] == ["same-origin"])
        #expect(
          headers["content-security-policy"] == ["default-src 'none'; frame-ancestors 'none'"])
        #expect(headers["strict-transport-security"] == ["max-age=31536000"])
      }
    }
    var configuration = GatewayConfiguration.patient
    configuration.strictTransportSecurity = .zero
    try await LiveGateway.run(configuration) { live in
      let headers = try await live.client.send(.GET, "/healthz").headers
      #expect(!headers.contains(name: "strict-transport-security"))
    }
  }

  @Test("A POST has its own status of success")
  func post() async throws {
    try await LiveGateway.run { live in
      let response = try await live.client.send(
        .POST, "/api/things", json: Array(#"{"text":"new"}"#.utf8))
      #expect(response.status == 201)
      #expect(response.text == #"{"text":"new","payload":"","index":0}"#)
    }
  }

  @Test("HEAD is answered as GET without the body")
  func head() async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      try await connection.send(
        "HEAD /api/things/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let text = try await connection.receiveToEnd()
      #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(text.contains("content-length: 35\r\n"))
      #expect(text.hasSuffix("\r\n\r\n"))
    }
  }

  @Test("The correlation id goes in, through and out")
  func correlation() async throws {
    try await LiveGateway.run { live in
      let chosen = try await live.client.send(
        .GET, "/api/things/x", headers: ["X-Correlation-Id": "my-id_1.x"])
      #expect(chosen.headers["x-correlation-id"] == ["my-id_1.x"])
      #expect(live.service.calls.contexts.last?.correlationID == "my-id_1.x")

      let made = try await live.client.send(.GET, "/api/things/x")
      let id = try #require(made.headers["x-correlation-id"].first)
      #expect(id.count == 36)
      #expect(id.dropFirst(14).first == "7")
      #expect(live.service.calls.contexts.last?.correlationID == id)

      for wrong in ["", String(repeating: "x", count: 65), "a b", "é"] {
        let refused = try await live.client.send(
          .GET, "/api/things/x", headers: ["X-Correlation-Id": wrong])
        #expect(refused.status == 400)
        #expect(refused.text.contains(CorrelationID.rule))
        #expect(refused.headers["x-correlation-id"].first?.count == 36)
      }
    }
  }

  @Test("A trace goes on where it is one, and begins where it is none")
  func traceparent() async throws {
    try await LiveGateway.run { live in
      func passed(_ headers: HTTPHeaders) async throws -> Metadata {
        _ = try await live.client.send(.GET, "/api/things/x", headers: headers)
        return try #require(live.service.calls.contexts.last?.metadata)
      }
      let context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      let whole = try await passed([
        "traceparent": context, "tracestate": "rojo=1, congo=2", "tracestate": "foo=3",
      ])
      #expect(whole["traceparent"] == context)
      #expect(whole["tracestate"] == "rojo=1,congo=2,foo=3")
      for headers: HTTPHeaders in [
        [:], ["traceparent": "nonsense", "tracestate": "rojo=1"],
        ["traceparent": context, "traceparent": context],
      ] {
        let begun = try await passed(headers)
        let span = try #require(SpanContext(begun))
        #expect(!span.isSampled && begun["traceparent"]?.contains("4bf92f35") == false)
        #expect(begun["tracestate"] == nil)
      }
    }
  }

  @Test("The user's token goes along only where a user is needed")
  func token() async throws {
    try await LiveGateway.run { live in
      let mine = try await live.client.send(.GET, "/api/mine", token: "trader")
      #expect(mine.status == 200)
      #expect(mine.text.contains(#""userId":"trader""#))
      #expect(mine.text.contains(#""spiffeId":"spiffe://alphintra/service/gateway""#))
      _ = try await live.client.send(.GET, "/api/things/x", token: "trader")
      #expect(live.service.calls.contexts.last?.metadata["authorization"] == nil)
    }
  }

  @Test(
    "A missing or wrong token is 401 before the service is asked",
    arguments: [
      (nil, "TOKEN_MISSING", #"Bearer realm="alphintra""#),
      (
        "Bearer forged", "UNAUTHENTICATED",
        #"Bearer realm="alphintra", error="invalid_token", "#
          + #"error_description="the access token's signature is wrong""#
      ),
      ("Basic dXNlcjpwYXNz", "TOKEN_INVALID", #"Bearer realm="alphintra""#),
      ("Bearer", "TOKEN_INVALID", #"Bearer realm="alphintra""#),
      ("Bearer a b", "TOKEN_INVALID", #"Bearer realm="alphintra""#),
    ] as [(String?, String, String)])
  func unauthenticated(authorization: String?, reason: String, challenge: String) async throws {
    try await LiveGateway.run { live in
      var headers: HTTPHeaders = [:]
      if let authorization { headers.add(name: "Authorization", value: authorization) }
      let response = try await live.client.send(.GET, "/api/mine", headers: headers)
      #expect(response.status == 401)
      #expect(response.headers["www-authenticate"] == [challenge])
      #expect(response.text.contains(#""reason":"\#(reason)""#))
      #expect(live.service.calls.contexts.isEmpty)
    }
  }

  @Test("A user without the role is 403; keys that cannot be fetched are 503 without effect")
  func refusals() async throws {
    try await LiveGateway.run { live in
      let trader = try await live.client.send(
        .POST, "/api/admin:restart", json: Array("{}".utf8), token: "trader")
      #expect(trader.status == 403)
      let administrator = try await live.client.send(
        .POST, "/api/admin:restart", json: Array("{}".utf8), token: "administrator")
      #expect(administrator.status == 200)
      let outage = try await live.client.send(
        .POST, "/api/admin:restart", json: Array("{}".utf8), token: "outage")
      #expect(outage.status == 503)
      #expect(outage.text.contains(#""effect":"none""#))
      #expect(live.service.calls.contexts.count == 1)
    }
  }

  @Test("Health and readiness")
  func health() async throws {
    try await LiveGateway.run { live in
      for path in ["/healthz", "/readyz"] {
        let response = try await live.client.send(.GET, path)
        #expect(response.status == 200)
        #expect(response.text == #"{"status":"ok"}"#)
        #expect(try await live.client.send(.POST, path).status == 405)
      }
    }
  }

  @Test("The access log names the route, not the path")
  func accessLog() async throws {
    try await LiveGateway.run { live in
      _ = try await live.client.send(
        .GET, "/api/things/secret?count=x", headers: ["X-Correlation-Id": "c1"])
      let line = try #require(live.log.lines.first { $0.message == "request answered" })
      #expect(line.metadata["method"] == "GET")
      #expect(line.metadata["route"] == "/api/things/{text}")
      #expect(line.metadata["status"] == "400")
      #expect(line.metadata["code"] == "INVALID_ARGUMENT")
      #expect(line.metadata["correlation_id"] == "c1")
      #expect(line.metadata["duration_us"] != nil)
      #expect(!"\(live.log.lines)".contains("secret"))
      #expect(line.metadata["client"] == "127.0.0.1")
      #expect(line.metadata["user"] == nil)
    }
  }

  @Test("The access log says who asked: the address behind trusted proxies, and the user's id")
  func accessLogCaller() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.rateLimits.trustedProxies = TrustedProxies(
      AddressBlock("127.0.0.0/8").map { [$0] } ?? [])
    try await LiveGateway.run(configuration) { live in
      let forwarded: HTTPHeaders = ["X-Forwarded-For": "10.1.1.1, 203.0.113.9"]
      func caller(
        _ path: String, token: String? = nil
      ) async throws -> (client: String?, user: String?) {
        let count = live.log.lines.count
        _ = try await live.client.send(.GET, path, token: token, headers: forwarded)
        let line = try #require(
          live.log.lines.dropFirst(count).first { $0.message == "request answered" })
        return (line.metadata["client"]?.description, line.metadata["user"]?.description)
      }
      #expect(try await caller("/api/mine", token: "trader") == ("203.0.113.9", "trader"))
      #expect(try await caller("/api/mine", token: "stranger") == ("203.0.113.9", nil))
      #expect(try await caller("/api/nothing", token: "trader") == ("203.0.113.9", nil))
      #expect(try await caller("/healthz") == ("203.0.113.9", nil))

      let malformed = try await RawConnection.open(live)
      try await malformed.send("NONSENSE\r\n\r\n")
      _ = try await malformed.response()
      // Nobody has read whom the proxy speaks for.
      let line = try #require(live.log.lines.last { $0.message == "request answered" })
      #expect(line.metadata["client"] == "127.0.0.1")
      #expect(line.metadata["method"] == "-")
    }
  }
}
