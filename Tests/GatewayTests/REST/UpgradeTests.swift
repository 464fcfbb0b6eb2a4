import TestSupport
import Testing

@testable import Gateway

@Suite("Requests for another protocol")
struct UpgradeTests {
  private static let next = "GET /api/things/next HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test(
    "One that is ignored gets its ordinary answer, and is the last of its connection",
    arguments: [
      ("GET /healthz", "foo", "200 OK"), ("GET /healthz", "h2c", "200 OK"),
      ("GET /api/things/x", "websocket", "200 OK"), ("GET /api/nothing", "h2c", "404 Not Found"),
      // Refused where it could have been had.
      ("GET /ws/v1", "websocket", "426 Upgrade Required"),
    ])
  func ignored(request: String, upgrade: String, status: String) async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.lingerTimeout = .milliseconds(100)
    try await LiveGateway.run(configuration) { live in
      let connection = try await RawConnection.open(live)
      // What follows is nobody's request.
      try await connection.send(
        "\(request) HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
          + "Upgrade: \(upgrade)\r\n\r\n" + Self.next)
      let answer = try await connection.receiveToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(answer)")
      let options = answer.split(separator: "\r\n").filter { $0.hasPrefix("connection: ") }
      #expect(
        options == [status.hasPrefix("426") ? "connection: upgrade, close" : "connection: close"])
      #expect(live.service.calls.contexts.count == (request.contains("things") ? 1 : 0))
    }
  }

  @Test("So is CONNECT")
  func connect() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.lingerTimeout = .milliseconds(100)
    try await LiveGateway.run(configuration) { live in
      let connection = try await RawConnection.open(live)
      try await connection.send("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n" + Self.next)
      let text = try await connection.receiveToEnd()
      #expect(text.hasPrefix("HTTP/1.1 400 "), "\(text)")
      #expect(text.contains("connection: close\r\n"))
      #expect(live.service.calls.contexts.isEmpty)
    }
  }

  @Test("A body is read before what it is the body of is the last request")
  func body() async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      try await connection.send(
        "POST /api/things HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
          + "Content-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"text\":\"body\"")
      try await connection.send("}")
      let answer = try await connection.response()
      #expect(answer.hasPrefix("HTTP/1.1 201 "), "\(answer)")
      #expect(answer.contains("connection: close\r\n"))
    }
  }

  @Test("What follows it before its answer is bounded")
  func early() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.earlyBytes = 100
    try await LiveGateway.run(configuration) { live in
      let connection = try await RawConnection.open(live)
      try await connection.send(
        "GET /api/things/hold HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
          + String(repeating: "x", count: 1000))
      // The call is held: only the limit ends it.
      #expect(try await connection.receiveToEnd() == "")
      try await eventually { live.gateway.connectionCount == 0 }
    }
  }
}
