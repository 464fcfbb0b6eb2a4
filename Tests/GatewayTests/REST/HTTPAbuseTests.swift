import NIOCore
import NIOPosix
import RPCInProcess
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("HTTP that no honest client sends")
struct HTTPAbuseTests {
  @Test(
    "Malformed HTTP is refused and the connection closed",
    arguments: [
      "GET /api/things/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /api/things HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      "POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
      "POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\na",
      "GET /api/things/x HTTP/1.1\r\nHost : a\r\n\r\n",
      "GET /api/things/x HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
      "GET /api/things/x HTTP/1.1\r\nHost: a\r\n folded: yes\r\n\r\n",
      "GET /api/things/x HTTP/9.9\r\nHost: a\r\n\r\n",
      "GET /api/things/x\r\n\r\n",
      "NONSENSE\r\n\r\n",
      "POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
      "\u{16}\u{3}\u{1}\0\0\r\n\r\n",
    ])
  func malformed(request: String) async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      // A second request that must never be seen as one.
      try await connection.send(request + "GET /api/things/smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
      let text = try await connection.receiveToEnd()
      #expect(text.hasPrefix("HTTP/1.1 400 "), "\(text)")
      #expect(text.contains("\"reason\":\"MALFORMED_REQUEST\""))
      #expect(text.contains("connection: close\r\n"))
      #expect(text.contains("x-correlation-id: "))
      #expect(live.service.calls.contexts.isEmpty)
    }
  }

  @Test(
    "A head needs one Host and single-valued headers",
    arguments: [
      "GET /healthz HTTP/1.1\r\n\r\n",
      "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET /api/mine HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
      "GET healthz HTTP/1.1\r\nHost: a\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET ftp://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
  func ambiguous(request: String) async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      try await connection.send(request)
      let text = try await connection.response()
      #expect(text.hasPrefix("HTTP/1.1 400 "), "\(text)")
    }
  }

  @Test("A target may name the server")
  func absoluteForm() async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      try await connection.send("GET https://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await connection.response().hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test(
    "A head beyond its limits is 431",
    arguments: [
      "GET /" + String(repeating: "x", count: 9000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 9000) + "\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 200) + "\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n"
        + String(repeating: "X: \(String(repeating: "x", count: 7000))\r\n", count: 6) + "\r\n",
    ])
  func largeHead(request: String) async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      try await connection.send(request)
      let text = try await connection.receiveToEnd()
      #expect(text.hasPrefix("HTTP/1.1 431 "), "\(text.prefix(300))")
    }
  }

  @Test("A body beyond its limit is 413, announced or not")
  func largeBody() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.bodyBytes = 1000
    try await LiveGateway.run(configuration) { live in
      let head = "POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      let announced = try await RawConnection.open(live)
      try await announced.send(head + "Content-Length: 1001\r\n\r\n")
      #expect(try await announced.receiveToEnd().hasPrefix("HTTP/1.1 413 "))

      let chunked = try await RawConnection.open(live)
      try await chunked.send(head + "Transfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<30 { try? await chunked.send("28\r\n\(String(repeating: " ", count: 40))\r\n") }
      #expect(try await chunked.receiveToEnd().hasPrefix("HTTP/1.1 413 "))

      let within = try await RawConnection.open(live)
      let body = "{" + String(repeating: " ", count: 998) + "}"
      try await within.send(head + "Content-Length: 1000\r\n\r\n" + body)
      #expect(try await within.response().hasPrefix("HTTP/1.1 201 "))
      #expect(live.service.calls.contexts.count == 1)
    }
  }

  @Test("A chunked body is put together; 100-continue is answered")
  func chunked() async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      try await connection.send(
        "POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
          + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
      let interim = try await connection.receive { bytes in
        bytes.starts(with: "HTTP/1.1 100 Continue\r\n\r\n".utf8) ? 25 : nil
      }
      #expect(interim.count == 25)
      try await connection.send("5\r\n{\"tex\r\n")
      try await connection.send("7\r\nt\":\"ab\"\r\n1\r\n}\r\n0\r\n\r\n")
      let text = try await connection.response()
      #expect(text.hasPrefix("HTTP/1.1 201 "))
      #expect(text.contains(#"{"text":"ab""#))
    }
  }

  @Test("Pipelined requests are answered in order, keep-alive as asked")
  func pipelining() async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      try await connection.send(
        "GET /api/things/one?delay_ms=60 HTTP/1.1\r\nHost: a\r\n\r\n"
          + "GET /api/things/two HTTP/1.1\r\nHost: a\r\n\r\n"
          + "GET /api/things/three HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let text = try await connection.receiveToEnd()
      let order = ["\"text\":\"one\"", "\"text\":\"two\"", "\"text\":\"three\""]
        .map { text.firstRange(of: $0)?.lowerBound }
      #expect(!order.contains(nil))
      #expect(order.compactMap(\.self) == order.compactMap(\.self).sorted())
      #expect(live.service.calls.contexts.count == 3)
    }
  }

  @Test("A slow head and a slow body are cut off with 408")
  func slow() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.headTimeout = .milliseconds(200)
    configuration.limits.bodyTimeout = .milliseconds(200)
    try await LiveGateway.run(configuration) { live in
      let head = try await RawConnection.open(live)
      try await head.send("GET /healthz HTTP/1.1\r\n")
      for index in 0..<8 {
        try? await head.send("X-\(index): 1\r\n")
        try await Task.sleep(for: .milliseconds(50))
      }
      let text = try await head.receiveToEnd()
      #expect(text.hasPrefix("HTTP/1.1 408 "))
      #expect(text.contains("head"))

      let body = try await RawConnection.open(live)
      try await body.send(
        "POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n"
          + "Content-Type: application/json\r\n\r\n{")
      #expect(try await body.receiveToEnd().hasPrefix("HTTP/1.1 408 "))
    }
  }

  @Test("An idle connection is closed without a word")
  func idle() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.keepAliveTimeout = .milliseconds(200)
    try await LiveGateway.run(configuration) { live in
      let idle = try await RawConnection.open(live)
      #expect(try await idle.receiveToEnd() == "")
    }
  }

  @Test("A client that goes away cancels its RPC")
  func disconnect() async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      try await connection.send(
        "PUT /api/things/hold HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
          + "Content-Length: 2\r\n\r\n{}")
      try await eventually { live.service.calls.contexts.count == 1 }
      await connection.close()
      // Nobody lets the call go, and its deadline is far away: only the client's leaving ends it.
      try await eventually { live.service.calls.cancellations == 1 }
    }
  }

  @Test("A client that does not read its response is cut off")
  func slowReader() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.responseTimeout = .milliseconds(300)
    try await LiveGateway.run(configuration) { live in
      let connection = try await RawConnection.open(live, receiveBuffer: 4096)
      try await connection.setReading(false)
      // More than the kernel's buffers hold.
      let request = "GET /api/things/x?response_size=2000000 HTTP/1.1\r\nHost: a\r\n\r\n"
      try await connection.send(String(repeating: request, count: 8))
      try await eventually { live.log.lines.contains { $0.message == "slow reader cut off" } }
      try await connection.setReading(true)
      let text = try await connection.receiveToEnd()
      #expect(text.utf8.count < 8 * 2_666_000)
      // What is not read is not made either.
      #expect(live.service.calls.contexts.count < 8)
    }
  }

  @Test("One connection too many is closed, one request too many is 503 without effect")
  func limits() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.connections = 2
    configuration.limits.requestsInFlight = 1
    try await LiveGateway.run(configuration) { live in
      let first = try await RawConnection.open(live)
      try await first.send("GET /api/things/hold HTTP/1.1\r\nHost: a\r\n\r\n")
      try await eventually { live.service.calls.contexts.count == 1 }
      let second = try await RawConnection.open(live)
      try await second.send("GET /api/things/y HTTP/1.1\r\nHost: a\r\n\r\n")
      let refused = try await second.response()
      #expect(refused.hasPrefix("HTTP/1.1 503 "))
      #expect(refused.contains("retry-after: 1\r\n"))
      #expect(refused.contains(#""effect":"none""#))
      live.service.calls.release()
      let third = try await RawConnection.open(live)
      #expect(try await third.receiveToEnd() == "")
      #expect(try await first.response().hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test("One connection too many of an address is closed, unless a trusted proxy opens it")
  func connectionsOfAnAddress() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.connectionsPerAddress = 2
    try await LiveGateway.run(configuration) { live in
      let first = try await RawConnection.open(live)
      let second = try await RawConnection.open(live)
      let third = try await RawConnection.open(live)
      #expect(try await third.receiveToEnd() == "")
      await first.close()
      try await eventually { live.gateway.connectionCount == 1 }
      let next = try await RawConnection.open(live)
      for connection in [second, next] {
        try await connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await connection.response().hasPrefix("HTTP/1.1 200 "))
      }
    }
    configuration.rateLimits.trustedProxies = TrustedProxies(
      AddressBlock("127.0.0.0/8").map { [$0] } ?? [])
    try await LiveGateway.run(configuration) { live in
      for _ in 0..<4 {
        let connection = try await RawConnection.open(live)
        try await connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await connection.response().hasPrefix("HTTP/1.1 200 "))
      }
    }
  }

  @Test("A handshake that takes too long is cut off")
  func slowHandshake() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.handshakeTimeout = .milliseconds(200)
    try await LiveGateway.run(configuration) { live in
      let silent = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: live.running.port).get()
      try await silent.closeFuture.get()
      try await eventually { live.gateway.connectionCount == 0 }
    }
  }

  @Test("A connection that never shakes hands does not hold up a drain")
  func drainDuringHandshake() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.drainTimeout = configuration.limits.handshakeTimeout
    try await LiveGateway.run(configuration) { live in
      let silent = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: live.running.port).get()
      try await eventually { live.gateway.connectionCount == 1 }
      let isDrained = Atomic(false)
      async let drained: Void = {
        await live.gateway.drain()
        isDrained.store(true, ordering: .relaxed)
      }()
      // Long before the limits of the handshake and of the drain.
      try await eventually { isDrained.load(ordering: .relaxed) }
      await drained
      try? await silent.close()
    }
  }

  @Test("A drain lets a request finish, closes idle connections and accepts nothing more")
  func drain() async throws {
    try await LiveGateway.run { live in
      let idle = try await RawConnection.open(live)
      try await idle.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try await idle.response()
      let busy = try await RawConnection.open(live)
      try await busy.send("GET /api/things/hold HTTP/1.1\r\nHost: a\r\n\r\n")
      try await eventually { live.service.calls.contexts.count == 1 }
      async let drained: Void = live.gateway.drain()
      #expect(try await idle.receiveToEnd() == "")
      live.service.calls.release()
      let text = try await busy.receiveToEnd()
      #expect(text.hasPrefix("HTTP/1.1 200 "))
      #expect(text.contains("connection: close\r\n"))
      await drained
      await #expect(throws: (any Error).self) { try await RawConnection.open(live) }
    }
  }
}
