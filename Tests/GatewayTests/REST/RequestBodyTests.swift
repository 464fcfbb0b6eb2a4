import EdgeClient
import Logging
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

@Suite("Bodies of requests")
struct RequestBodyTests {
  /// What precedes a body of so many bytes.
  private static func head(
    _ request: String = "POST /api/things", length: Int, _ more: String = ""
  ) -> String {
    "\(request) HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(length)\r\n\(more)\r\n"
  }

  private static let half = "{" + String(repeating: " ", count: 299)
  private static let rest = String(repeating: " ", count: 299) + "}"

  private static var small: GatewayConfiguration {
    var configuration = GatewayConfiguration.patient
    configuration.limits.bodyBytes = 1000
    configuration.limits.allBodiesBytes = 1000
    return configuration
  }

  @Test("One that comes in pieces is waited for; the connection lives on")
  func pieces() async throws {
    try await LiveGateway.run(Self.small) { live in
      let connection = try await RawConnection.open(live)
      for _ in 0..<2 {
        try await connection.send(Self.head(length: 600) + Self.half)
        try await eventually { live.gateway.bodyBytes == 300 }
        try await connection.send(Self.rest)
        let answer = try await connection.response()
        #expect(answer.hasPrefix("HTTP/1.1 201 "), "\(answer)")
        #expect(!answer.contains("connection: close"))
      }
      try await eventually { live.gateway.bodyBytes == 0 }
    }
  }

  // MARK: - What is refused without it

  @Test(
    "What the head alone refuses is refused before the body, which is not asked for either",
    arguments: [
      ("POST /api/nothing", 600, "", 404), ("DELETE /api/things", 600, "", 405),
      ("POST /healthz", 600, "", 405), ("POST /api/things", 1001, "", 413),
      ("POST /api/admin:restart", 600, "", 401),
      ("POST /api/admin:restart", 600, "Authorization: Bearer stranger\r\n", 401),
      ("POST /api/admin:restart", 600, "Authorization: Basic YTpi\r\n", 401),
      ("POST /api/admin:restart", 600, "Authorization: Bearer trader\r\n", 403),
    ])
  func early(request: String, length: Int, header: String, status: Int) async throws {
    var configuration = Self.small
    configuration.limits.lingerTimeout = .milliseconds(100)
    try await LiveGateway.run(configuration) { live in
      for expectation in ["", "Expect: 100-continue\r\n"] {
        for begun in ["", Self.half] {
          let connection = try await RawConnection.open(live)
          try await connection.send(
            Self.head(request, length: length, header + expectation) + begun)
          let answer = try await connection.receiveToEnd()
          #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
          #expect(answer.contains("connection: close\r\n"))
        }
      }
      #expect(live.gateway.bodyBytes == 0)
      #expect(live.service.calls.contexts.isEmpty)
    }
  }

  @Test("A caller who has used up its limit sends no body any more")
  func rateLimited() async throws {
    var configuration = RateLimitTests.configuration()
    configuration.rateLimits.classes["auth"] = RateLimits.standard["auth"]?
      .with(1, per: .seconds(60))
    configuration.limits.lingerTimeout = .milliseconds(100)
    try await LiveGateway.run(configuration, routes: RateLimitTests.routes) { live in
      for status in [200, 429] {
        let connection = try await RawConnection.open(live)
        try await connection.send(
          Self.head("POST /api/auth/login", length: 2, "Expect: 100-continue\r\n"))
        if status == 200 {
          _ = try await connection.receive { bytes in
            bytes.starts(with: "HTTP/1.1 100 Continue\r\n\r\n".utf8) ? 25 : nil
          }
          try await connection.send("{}")
        }
        let answer = try await connection.response()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
      }
    }
  }

  @Test("Who waits for a body is not at work")
  func atWork() async throws {
    var configuration = Self.small
    configuration.limits.requestsInFlight = 1
    try await LiveGateway.run(configuration) { live in
      let slow = try await RawConnection.open(live)
      try await slow.send(Self.head(length: 600, "Expect: 100-continue\r\n"))
      // It is asked for its body: from here on it waits.
      _ = try await slow.receive { $0.count >= 25 ? 25 : nil }
      #expect(try await live.client.send(.GET, "/api/things/x").status == 200)
      let busy = try await RawConnection.open(live)
      try await busy.send("GET /api/things/hold HTTP/1.1\r\nHost: a\r\n\r\n")
      try await eventually { live.service.calls.contexts.count == 2 }
      try await slow.send(Self.half + Self.rest)
      #expect(try await slow.response().hasPrefix("HTTP/1.1 503 "))
      live.service.calls.release()
      #expect(try await busy.response().hasPrefix("HTTP/1.1 200 "))
      // No place is lost, and none is given back twice.
      #expect(try await live.client.send(.GET, "/api/things/x").status == 200)
    }
  }

  // MARK: - What all of them take together

  @Test("Beyond what all bodies may take together a request is 503, and the others go on")
  func budget() async throws {
    try await LiveGateway.run(Self.small) { live in
      let first = try await RawConnection.open(live)
      try await first.send(Self.head(length: 600) + Self.half + String(Self.rest.dropLast(1)))
      try await eventually { live.gateway.bodyBytes == 599 }
      // What is announced takes nothing.
      let idle = try await RawConnection.open(live)
      try await idle.send(Self.head(length: 1000))
      for chunked in [false, true] {
        let second = try await RawConnection.open(live)
        let head = Self.head(length: 600)
        try await second.send(
          chunked
            ? head.replacing("Content-Length: 600", with: "Transfer-Encoding: chunked")
              + "12c\r\n\(Self.half)\r\n12c\r\n\(Self.rest)\r\n"
            : head + Self.half + Self.rest)
        let refused = try await second.response()
        #expect(refused.hasPrefix("HTTP/1.1 503 "), "\(refused)")
        #expect(refused.contains("retry-after: 1\r\n"))
        #expect(refused.contains("connection: close\r\n"))
        #expect(refused.contains(#""reason":"OVERLOADED""#))
        #expect(refused.contains("at most 1000 bytes together"))
        #expect(refused.contains(#""effect":"none""#))
      }
      try await eventually { live.gateway.bodyBytes == 599 }
      try await first.send("}")
      #expect(try await first.response().hasPrefix("HTTP/1.1 201 "))
      try await eventually { live.gateway.bodyBytes == 0 }
      #expect(live.service.calls.contexts.count == 1)
    }
  }

  @Test("A body is held until its request is answered")
  func answered() async throws {
    try await LiveGateway.run(Self.small) { live in
      let connection = try await RawConnection.open(live)
      try await connection.send(
        Self.head("PUT /api/things/hold", length: 600) + Self.half + Self.rest)
      try await eventually { live.service.calls.contexts.count == 1 }
      #expect(live.gateway.bodyBytes == 600)
      live.service.calls.release()
      #expect(try await connection.response().hasPrefix("HTTP/1.1 200 "))
      try await eventually { live.gateway.bodyBytes == 0 }
    }
  }

  @Test("A client that goes away gives back what it sent, of a body and of a request at work")
  func gone() async throws {
    try await LiveGateway.run(Self.small) { live in
      let sending = try await RawConnection.open(live)
      try await sending.send(Self.head(length: 600) + Self.half)
      try await eventually { live.gateway.bodyBytes == 300 }
      await sending.close()
      try await eventually { live.gateway.bodyBytes == 0 }
      try await eventually {
        live.log.lines.contains {
          $0.metadata["status"] == "499" && $0.metadata["code"] == "CANCELLED"
        }
      }

      let waiting = try await RawConnection.open(live)
      try await waiting.send(Self.head("PUT /api/things/hold", length: 600) + Self.half + Self.rest)
      try await eventually { live.service.calls.contexts.count == 1 }
      #expect(live.gateway.bodyBytes == 600)
      await waiting.close()
      try await eventually { live.service.calls.cancellations == 1 }
      try await eventually { live.gateway.bodyBytes == 0 }
    }
  }

  @Test("So do a body that is too slow, one that is malformed, and one that is too large")
  func refused() async throws {
    var configuration = Self.small
    configuration.limits.bodyTimeout = .seconds(5)
    try await LiveGateway.run(configuration) { live in
      let slow = try await RawConnection.open(live)
      try await slow.send(Self.head(length: 600) + Self.half)
      // Long before its time is over, also where a test is seldom let run.
      try await eventually { live.gateway.bodyBytes == 300 }
      #expect(try await slow.response().hasPrefix("HTTP/1.1 408 "))
      try await eventually { live.gateway.bodyBytes == 0 }
    }
    try await LiveGateway.run(Self.small) { live in
      for (chunk, status) in [
        ("zz\r\n", 400), ("2bd\r\n\(String(repeating: " ", count: 701))\r\n", 413),
      ] {
        let connection = try await RawConnection.open(live)
        try await connection.send(
          Self.head(length: 600).replacing(
            "Content-Length: 600", with: "Transfer-Encoding: chunked")
            + "12c\r\n\(Self.half)\r\n")
        try await eventually { live.gateway.bodyBytes == 300 }
        try await connection.send(chunk)
        #expect(try await connection.response().hasPrefix("HTTP/1.1 \(status) "))
        try await eventually { live.gateway.bodyBytes == 0 }
      }
    }
  }
}
