import HTTP2
import RPC
import RPCTransport
import TestSupport
import Testing
import TestingContract

/// What clients do that are broken or mean, frame by frame, and what they get for it.
///
/// Each runs beside an honest client of the same server, which notices nothing.
@Suite(.timeLimit(.minutes(10))) struct AbuseTests {
  private static let protocolError: UInt32 = 1
  private static let flowControlError: UInt32 = 3
  private static let frameSizeError: UInt32 = 6
  private static let refusedStream: UInt32 = 7

  private func play(
    _ scenario: String, limit: UInt32 = 256,
    _ change: (inout RPCServer.Configuration) -> Void = { _ in }
  ) async throws -> RawHTTP2Client.Answer {
    try await RawHTTP2Client.play(scenario, limit: limit) { configuration in
      configuration.http2.concurrentStreams = limit
      change(&configuration)
    }.answer
  }

  @Test("the raw client itself is understood")
  func fine() async throws {
    let answer = try await self.play("fine")
    #expect(answer.statuses["1"] == .init(http: 200, grpc: 0))
    #expect(answer.resets.isEmpty && answer.goaway == nil && !answer.closed)
  }

  // MARK: - Calls that are wrong

  @Test(
    "a wrong call gets a status that says what is wrong",
    arguments: [
      ("get", 405, StatusCode.internal, "a gRPC request is a POST"),
      ("json", 415, .internal, "the content type is not application/grpc"),
      ("grpc_web", 415, .internal, "the content type is not application/grpc"),
      ("no_content_type", 415, .internal, "the content type is not application/grpc"),
      ("no_te", 400, .internal, "a gRPC request states te: trailers"),
      (
        "unknown_path", 200, .unimplemented,
        "the server does not have /alphintra.testing.v1.TestingService/Nowhere"
      ),
      (
        "bad_timeout", 200, .internal,
        "grpc-timeout is not one to eight digits and a unit"
      ),
      ("bad_binary", 200, .internal, "x-some-bin is not base64"),
      ("compressed", 200, .internal, "a message is compressed, and its encoding is not stated"),
      ("bad_flag", 200, .internal, "a message begins with 7 where its compression is stated"),
      (
        "too_long", 200, .resourceExhausted,
        "a message of 2147483648 bytes is over the limit of 1048576"
      ),
      ("no_message", 200, .unimplemented, "exactly one request is expected, none came"),
      ("two_messages", 200, .unimplemented, "exactly one request is expected, more came"),
      ("truncated", 200, .internal, "the request ends inside a message"),
      (
        "not_protobuf", 200, .internal,
        "a message is not a valid alphintra.testing.v1.EchoRequest"
      ),
      ("server_deadline", 200, .deadlineExceeded, "the deadline of the call passed"),
    ] as [(String, Int, StatusCode, String)])
  func wrongCall(scenario: String, http: Int, code: StatusCode, message: String) async throws {
    let answer = try await self.play(scenario)
    let status = try #require(answer.statuses["1"])
    #expect(status.http == http && status.grpc == code.rawValue)
    #expect(status.message == message)
    #expect(status.accepts == (code == .unimplemented ? "identity,gzip" : nil))
    #expect(answer.goaway == nil)
    #expect(!answer.closed)
  }

  // MARK: - Compression

  @Test(
    "a compressed message that is broken or too large gets the status that says so",
    arguments: [
      (
        "unknown_encoding", StatusCode.unimplemented,
        "messages compressed by snappy are not supported, only identity,gzip"
      ),
      ("gzip_empty", .internal, "a compressed message is damaged"),
      ("gzip_garbage", .internal, "a compressed message is damaged"),
      ("gzip_truncated", .internal, "a compressed message is damaged"),
      ("gzip_checksum", .internal, "a compressed message is damaged"),
      ("gzip_lie", .internal, "a compressed message is damaged"),
      ("gzip_then_garbage", .internal, "a compressed message is damaged"),
      (
        "gzip_bomb", .resourceExhausted,
        "a message of 1009 compressed bytes becomes larger than 524288 bytes, the limit of inflation"
      ),
      (
        "gzip_large", .resourceExhausted,
        "a compressed message becomes larger than the limit of 1048576 bytes"
      ),
    ] as [(String, StatusCode, String)])
  func wrongCompression(scenario: String, code: StatusCode, message: String) async throws {
    let answer = try await self.play(scenario)
    let status = try #require(answer.statuses["1"])
    #expect(status.grpc == code.rawValue)
    #expect(status.message == message)
    #expect(status.accepts == (code == .unimplemented ? "identity,gzip" : nil))
    #expect(answer.goaway == nil && !answer.closed)
  }

  @Test(
    "a compressed message is understood, and its client learns what else would be",
    arguments: ["gzip", "gzip_members", "gzip_of_nothing", "unused_encoding"])
  func compressed(scenario: String) async throws {
    let answer = try await self.play(scenario)
    #expect(answer.statuses["1"] == .init(http: 200, grpc: 0, accepts: "identity,gzip"))
    #expect(answer.flags["1"] == [0])
  }

  @Test(
    "a response is compressed for a client that lists gzip, and for no other",
    arguments: [("unlisted_gzip", false), ("listed_gzip", true), ("similar_to_gzip", false)])
  func accepted(scenario: String, compressed: Bool) async throws {
    let answer = try await self.play(scenario) { $0.compression = .gzip }
    #expect(answer.statuses["1"]?.encoding == (compressed ? "gzip" : nil))
    #expect(answer.flags["1"] == [compressed ? 1 : 0])
  }

  // MARK: - Headers

  @Test(
    "headers over the limit are refused, and the connection goes on",
    arguments: ["large_headers", "header_bomb"])
  func largeHeaders(scenario: String) async throws {
    let answer = try await self.play(scenario)
    #expect(answer.statuses["1"]?.http == 431)
    #expect(answer.statuses["1"]?.grpc == StatusCode.resourceExhausted.rawValue)
    #expect(answer.statuses["3"] == .init(http: 200, grpc: 0))
    #expect(answer.goaway == nil)
  }

  // MARK: - Streams

  @Test("streams over the limit are refused one by one, and the others go on")
  func manyStreams() async throws {
    // 200 at a time where 100 are allowed, and one when they have ended.
    let answer = try await self.play("many_streams", limit: 100)
    let refused = answer.resets.filter { $0.value == Self.refusedStream }
    #expect(refused.count == 100)
    #expect(answer.statuses.filter { $0.value.grpc == 0 }.count == 101)
    #expect(answer.goaway == nil && !answer.closed)
  }

  @Test("as many calls as allowed may come before the limit was read")
  func earlyStreams() async throws {
    let answer = try await self.play("early_streams", limit: 200)
    #expect(answer.statuses.filter { $0.value.grpc == 0 }.count == 200)
    #expect(answer.goaway == nil && answer.resets.filter { $0.value != 0 }.isEmpty)
  }

  @Test("a client that goes on opening streams over the limit is cut off")
  func streamFlood() async throws {
    let answer = try await self.play("stream_flood", limit: 20)
    #expect(answer.closed)
  }

  // MARK: - Floods

  @Test(
    "frames that only make work are too many at some point",
    arguments: [
      ("rapid_reset", "stream resets"), ("made_you_reset", "stream resets"),
      ("ping_flood", "PING"), ("settings_flood", "SETTINGS"), ("priority_flood", "PRIORITY"),
      ("window_update_flood", "WINDOW_UPDATE"), ("empty_data", "empty DATA"),
      ("continuations", "CONTINUATION"),
    ])
  func floods(scenario: String, reason: String) async throws {
    let log = ConnectionLog()
    let answer = try await self.play(scenario) {
      $0.logger = log.logger
      // Where pings are not counted as strikes, they are as frames.
      $0.connections.minimumPingInterval = .zero
      $0.connections.minimumIdlePingInterval = .zero
    }
    #expect(answer.closed)
    // Whoever goes on writing may be cut off before reading why.
    #expect(answer.goaway == nil || answer.goaway == HTTP2ErrorCode.enhanceYourCalm.rawValue)
    #expect(log.errors.contains { $0.contains(reason) })
  }

  // MARK: - No HTTP/2

  @Test(
    "a broken protocol ends the connection with the code that says so",
    arguments: [
      ("frame_too_large", frameSizeError), ("even_stream", protocolError),
      ("data_on_idle_stream", protocolError),
    ])
  func brokenProtocol(scenario: String, code: UInt32) async throws {
    let answer = try await self.play(scenario)
    #expect(answer.closed)
    #expect(answer.goaway == nil || answer.goaway == code)
  }

  @Test("more than a stream's window ends the stream")
  func windowOverrun() async throws {
    let answer = try await self.play("window_overrun")
    #expect(answer.resets["1"] == Self.flowControlError)
    #expect(answer.statuses["3"] == .init(http: 200, grpc: 0))
    #expect(answer.goaway == nil)
  }

  @Test("what is not HTTP/2 is cut off at once", arguments: ["garbage", "http1"])
  func noPreface(scenario: String) async throws {
    let answer = try await self.play(scenario)
    #expect(answer.closed)
    #expect(answer.statuses.isEmpty)
  }

  @Test("who does not say hello in time is cut off", arguments: ["silence", "stalled"])
  func stalledHandshake(scenario: String) async throws {
    let answer = try await self.play(scenario) { $0.handshakeTimeout = .seconds(3) }
    #expect(answer.closed)
    #expect(answer.seconds >= 2.5)
  }

  @Test("who does not finish the TLS handshake is cut off", arguments: ["silence", "garbage"])
  func stalledTLSHandshake(scenario: String) async throws {
    let certificates = try TestCertificates()
    var configuration = RPCServer.Configuration(
      tls: try certificates.meshServer("trading"), logger: .quiet)
    // Long enough for an honest client on a busy machine.
    configuration.handshakeTimeout = .seconds(5)
    let server = try await RPCServer.start(
      RPCRouter(services: [TestingServiceImplementation()], accessController: CallerRules()),
      configuration)
    let answer = try await RawHTTP2Client.run(scenario, port: server.port)
    #expect(answer.closed)
    let connection = try await ClientConnection.connect(
      host: "127.0.0.1", port: server.port,
      ClientConnection.Configuration(
        tls: try certificates.meshClient("gateway", calling: "trading"))
    )
    let response = try await TestingV1.TestingServiceClient(connection).echo(
      TestingV1.EchoRequest())
    #expect(response == TestingV1.EchoResponse())
    connection.close()
    await server.stop(grace: .seconds(2))
  }
}
