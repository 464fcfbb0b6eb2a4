import HTTP2
import NIOCore
import RPC
import TestSupport
import Testing
import TestingContract

@testable import RPCTransport

/// How long a server keeps its connections (gRFC A9), and which pings it bears (gRFC A8).
@Suite(.timeLimit(.minutes(5))) struct ConnectionManagementTests {
  /// A server, and connections to it, for the length of a closure.
  private func withServer<R: Sendable>(
    _ change: (inout ConnectionManagement) -> Void,
    _ body: (RPCServer, () async throws -> ClientConnection) async throws -> R
  ) async throws -> R {
    var configuration = RPCServer.Configuration(tls: nil, logger: .quiet)
    change(&configuration.connections)
    let server = try await RPCServer.start(
      RPCRouter(services: [TestingServiceImplementation()], accessController: CallerRules()),
      configuration)
    let result = try await body(server) {
      try await ClientConnection.connect(
        host: "127.0.0.1", port: server.port, ClientConnection.Configuration(tls: nil))
    }
    await server.stop(grace: .zero)
    return result
  }

  /// A call that is under way, on a connection of its own: on a busy machine one may be old or idle
  /// before it is first used.
  private func beginChat(
    _ connect: () async throws -> ClientConnection
  ) async throws -> (ClientConnection, Chat) {
    while true {
      let connection = try await connect()
      do {
        let chat = try await TestingV1.TestingServiceClient(connection).chat()
        try await chat.requests.write(TestingV1.EchoRequest())
        var responses = chat.responses.makeAsyncIterator()
        _ = try await responses.next()
        if connection.state == .ready { return (connection, chat) }
        chat.cancel()
      } catch {
        guard error.code == .unavailable else { throw error }
      }
    }
  }

  private typealias Chat = BidirectionalCall<TestingV1.EchoRequest, TestingV1.EchoResponse>

  // MARK: - Life

  @Test("a client that gives no sign of life is cut off, and its calls are cancelled")
  func halfOpen() async throws {
    let (answer, counters) = try await RawHTTP2Client.play("half_open") {
      $0.connections.keepaliveTime = .milliseconds(50)
      // Long enough for the honest client on a busy machine.
      $0.connections.keepaliveTimeout = .seconds(3)
    }
    #expect(answer.closed && answer.pings >= 1)
    #expect(counters[.keepaliveTimeout] == 1)
  }

  @Test("a client that only answers is kept")
  func lively() async throws {
    let (answer, counters) = try await RawHTTP2Client.play("lively") {
      $0.connections.keepaliveTime = .milliseconds(50)
      $0.connections.keepaliveTimeout = .seconds(30)
    }
    #expect(!answer.closed && answer.goaway == nil)
    #expect(answer.statuses["1"]?.grpc == 0)
    #expect(counters[.keepaliveTimeout] == 0)
  }

  // MARK: - Pings

  @Test("the third ping that comes too soon is one too many, and sent data clears the count")
  func pingStrikes() async throws {
    let (answer, counters) = try await RawHTTP2Client.play("ping_strikes", limit: 2) {
      $0.connections.minimumPingInterval = .seconds(3_600)
    }
    #expect(answer.statuses["1"]?.grpc == 0)
    #expect(answer.goaway == HTTP2ErrorCode.enhanceYourCalm.rawValue)
    #expect(answer.reason == "too_many_pings")
    #expect(answer.closed)
    #expect(counters[.tooManyPings] == 1)
  }

  @Test("a client that measures what it receives pings, and is not sent away for it")
  func measurements() async throws {
    // With the strikes that are usual: of two pings the second may come while what the first one followed is all that
    // a busy server has sent.
    try await self.withServer {
      $0.minimumPingInterval = .seconds(3_600)
    } _: { server, connect in
      let connection = try await connect()
      var request = TestingV1.EchoRequest()
      request.count = 500
      request.responseSize = 100_000
      var bytes = 0
      for try await response in try await TestingV1.TestingServiceClient(connection).expand(request)
      {
        bytes += response.payload.count
      }
      #expect(bytes == 50_000_000)
      let measured = await withCheckedContinuation { continuation in
        connection.driver.executor.run {
          continuation.resume(returning: connection.driver.session.measuredRoundTrips)
        }
      }
      #expect(measured > 1)
      #expect(connection.state == .ready && server.counters[.tooManyPings] == 0)
    }
  }

  @Test("pings at the least interval are no strikes; without calls they must be rarer")
  func pingIntervals() {
    var management = ConnectionManagement()
    management.minimumPingInterval = .seconds(10)
    management.minimumIdlePingInterval = .seconds(100)
    management.pingStrikes = 2
    var time = NIODeadline.uptimeNanoseconds(0)
    var strikes = PingStrikes(management)
    func ping(after seconds: Int64, hasCalls: Bool, sentWork: Int = 0) -> Bool {
      time = time + .seconds(seconds)
      return strikes.note(at: time, hasCalls: hasCalls, sentWork: sentWork)
    }
    for _ in 0..<100 { #expect(!ping(after: 10, hasCalls: true)) }
    for _ in 0..<100 { #expect(!ping(after: 100, hasCalls: false)) }
    #expect(!ping(after: 9, hasCalls: true))
    #expect(!ping(after: 99, hasCalls: false))
    // One that is in time takes no strike back.
    #expect(!ping(after: 10, hasCalls: true))
    #expect(ping(after: 9, hasCalls: true))
    #expect(!ping(after: 0, hasCalls: true, sentWork: 1))
    #expect(!ping(after: 0, hasCalls: true, sentWork: 1))
    #expect(!ping(after: 0, hasCalls: true, sentWork: 1))
    #expect(ping(after: 0, hasCalls: true, sentWork: 1))
  }

  // MARK: - Idleness

  @Test("a connection without calls is ended, one with a call is not")
  func idle() async throws {
    try await self.withServer {
      $0.maximumIdle = .milliseconds(200)
    } _: { server, connect in
      let (busy, chat) = try await beginChat(connect)
      var responses = chat.responses.makeAsyncIterator()
      let others = server.counters[.idle]
      // Begun later and ended sooner: the time of the first would have been up.
      for ended in 1...2 {
        let idle = try await connect()
        try await eventually { idle.state == .closed }
        #expect(server.counters[.idle] == others + ended)
      }
      #expect(busy.state == .ready)
      chat.requests.finish()
      #expect(try await responses.next() == nil)
      try await eventually { busy.state == .closed }
    }
  }

  // MARK: - Age

  @Test("an old connection takes no new calls, and those under way go on to their end")
  func age() async throws {
    try await self.withServer {
      $0.maximumAge = .milliseconds(200)
    } _: { server, connect in
      let (connection, chat) = try await beginChat(connect)
      var responses = chat.responses.makeAsyncIterator()
      try await eventually { connection.state == .draining }
      let refused = await #expect(throws: RPCError.self) {
        try await TestingV1.TestingServiceClient(connection).echo(TestingV1.EchoRequest())
      }
      #expect(refused?.cause is CallNotProcessed)
      for number in 0..<10 {
        var request = TestingV1.EchoRequest()
        request.text = "\(number)"
        try await chat.requests.write(request)
        #expect(try await responses.next()?.text == "\(number)")
      }
      chat.requests.finish()
      #expect(try await responses.next() == nil)
      try await eventually { connection.state == .closed }
      #expect(server.counters[.aged] >= 1 && server.counters[.overstayed] == 0)
    }
  }

  @Test("calls that outlast an old connection's grace are cut off, if there is one")
  func grace() async throws {
    try await self.withServer {
      $0.maximumAge = .milliseconds(200)
      $0.maximumAgeGrace = .milliseconds(50)
    } _: { server, connect in
      let (_, chat) = try await beginChat(connect)
      var responses = chat.responses.makeAsyncIterator()
      let error = await #expect(throws: RPCError.self) { try await responses.next() }
      #expect(error?.code == .unavailable && !(error?.cause is CallNotProcessed))
      // More than one if the machine was too slow for the first.
      try await eventually { server.counters[.overstayed] >= 1 }
    }
  }

  @Test("ages differ by a tenth to either side")
  func jitter() {
    var management = ConnectionManagement()
    management.maximumAge = .seconds(100)
    var generator = SeededGenerator(seed: 7)
    let ages = (0..<1_000).compactMap { _ in management.age(using: &generator) }
    #expect(ages.count == 1_000)
    #expect(ages.allSatisfy { (.seconds(90)...(.seconds(110))).contains($0) })
    #expect((ages.min() ?? .zero) < .seconds(91) && (ages.max() ?? .zero) > .seconds(109))
    management.maximumAge = nil
    #expect(management.age(using: &generator) == nil)
  }
}
