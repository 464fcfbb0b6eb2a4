import Foundation
import RPC
import RPCTransport
import Synchronization
import TLS
import TestSupport
import Testing

/// Our server with grpcio's client over mutual TLS.
@Suite(.timeLimit(.minutes(5))) struct GRPCIOClientTests {
  private let certificates: TestCertificates

  init() throws {
    self.certificates = try TestCertificates()
  }

  private func withClient<R: Sendable>(
    _ service: TestingServiceImplementation = TestingServiceImplementation(),
    limits: CallLimits = CallLimits(), compression: Compression = .identity,
    _ body: (GRPCIOClient) async throws -> R
  ) async throws -> R {
    var configuration = RPCServer.Configuration(tls: try self.certificates.meshServer("trading"))
    configuration.limits = limits
    configuration.compression = compression
    let server = try await RPCServer.start(
      RPCRouter(services: [service], accessController: CallerRules()), configuration)
    let result = try await GRPCIOClient.run(
      port: server.port, identity: try self.certificates.service("gateway"),
      trusting: self.certificates.authorityPath, body)
    await server.stop(grace: .seconds(2))
    return result
  }

  @Test func allFourKinds() async throws {
    try await self.withClient { client in
      let echo = try await client.call(.init("Echo", .init(text: "hello", payloadSize: 100)))
      #expect(echo.code == 0)
      #expect(echo.responses.map(\.text) == ["hello"])
      #expect(echo.responses.map(\.payloadMatches) == [true])

      let collect = try await client.call(
        .init("Collect", .init(text: "a"), .init(text: "b"), .init(text: "c")))
      #expect(collect.code == 0)
      #expect(collect.responses.map(\.text) == ["abc"])
      #expect(collect.responses.map(\.index) == [3])

      let expand = try await client.call(.init("Expand", .init(text: "x", count: 1_000)))
      #expect(expand.code == 0)
      #expect(expand.responses.map(\.index) == Array(0..<1_000))

      var chat = GRPCIOClient.Call("Chat")
      chat.requests = (0..<20).map { .init(text: "\($0)") }
      let answers = try await client.call(chat)
      #expect(answers.code == 0)
      #expect(answers.responses.map(\.text) == (0..<20).map { "\($0)" })
    }
  }

  @Test("streams without messages end well", arguments: ["Collect", "Expand", "Chat"])
  func emptyStreams(method: String) async throws {
    let outcome = try await self.withClient { client in
      var call = GRPCIOClient.Call(method)
      if method == "Expand" { call.requests = [.init()] }
      return try await client.call(call)
    }
    #expect(outcome.code == 0)
    #expect(outcome.responses.count == (method == "Collect" ? 1 : 0))
  }

  @Test("requests and responses compressed by gzip are understood, in all four kinds")
  func gzip() async throws {
    let compressed = Seen()
    var service = TestingServiceImplementation()
    service.beforeAnswer = { compressed.add($0.lastRequestWasCompressed) }
    service.beforeEachAnswer = { index, context in
      compressed.add(context.lastRequestWasCompressed)
      // And one that is not, in between.
      return index != 1
    }
    try await self.withClient(service, compression: .gzip) { client in
      let request = GRPCIOClient.Request(text: "x", payloadSize: 50_000, count: 3)
      for method in ["Echo", "Collect", "Expand", "Chat"] {
        var call = GRPCIOClient.Call(method, request)
        if method == "Collect" || method == "Chat" { call.requests = [request, request, request] }
        call.gzip = true
        let outcome = try await client.call(call)
        #expect(outcome.code == 0, "\(method): \(outcome.message)")
        #expect(outcome.responses.count == (method == "Expand" || method == "Chat" ? 3 : 1))
        for response in outcome.responses {
          #expect(response.payloadSize == (method == "Collect" ? 150_000 : 50_000))
          #expect(response.payloadMatches || method == "Collect")
        }
      }
    }
    // Echo, Expand and its three answers, three of Chat.
    #expect(compressed.all == Array(repeating: true, count: 8))
  }

  @Test func failures() async throws {
    let message = "no such thing:\t\"ünïcödé\" 100 % 🙂\r\n"
    try await self.withClient { client in
      let outcome = try await client.call(
        .init("Echo", .init(text: "t", failCode: 5, failMessage: message)))
      #expect(outcome.code == StatusCode.notFound.rawValue)
      #expect(outcome.message == message)
      let details = outcome.trailing.first { $0.name == "grpc-status-details-bin" }?.base64
      #expect(
        StatusDetails.decode(Array(details ?? Data())) == [
          .errorInfo(reason: "ASKED_FOR", domain: "testing.alphintra", metadata: ["text": "t"])
        ])

      let stream = try await client.call(
        .init("Chat", .init(text: "fine"), .init(text: "bad", failCode: 9)))
      #expect(stream.responses.map(\.text) == ["fine"])
      #expect(stream.code == StatusCode.failedPrecondition.rawValue)
    }
  }

  @Test("a method that does not exist is UNIMPLEMENTED")
  func unknownMethod() async throws {
    var call = GRPCIOClient.Call("Nowhere", .init(text: "x"))
    call.unknown = true
    let outcome = try await self.withClient { [call] in try await $0.call(call) }
    #expect(outcome.code == StatusCode.unimplemented.rawValue)
    #expect(
      outcome.message
        == "the server does not have /alphintra.testing.v1.TestingService/Nowhere")
  }

  @Test func metadata() async throws {
    let bytes = Data([0, 1, 254, 255])
    var call = GRPCIOClient.Call("Echo", .init())
    call.metadata = [
      .init(name: "x-echo", text: "plain text"), .init(name: "x-echo-bin", base64: bytes),
    ]
    let outcome = try await self.withClient { [call] in try await $0.call(call) }
    #expect(outcome.initial.contains(.init(name: "x-initial", text: "plain text")))
    #expect(outcome.initial.contains(.init(name: "x-initial-bin", base64: bytes)))
    #expect(outcome.trailing.contains(.init(name: "x-trailing", text: "plain text")))
    #expect(outcome.trailing.contains(.init(name: "x-trailing-bin", base64: bytes)))
  }

  @Test("a deadline ends the call, and the handler stops")
  func deadline() async throws {
    let service = TestingServiceImplementation()
    try await self.withClient(service) { client in
      // Connects: that takes no part of the deadline, which is long enough to reach the handler.
      _ = try await client.call(.init("Echo", .init(text: "first")))
      var call = GRPCIOClient.Call("Echo", .init(delayMs: 600_000))
      call.timeout = 4
      let outcome = try await client.call(call)
      #expect(outcome.code == StatusCode.deadlineExceeded.rawValue)
      for await _ in service.cancellations.stream { break }
    }
  }

  @Test("a call given up is CANCELLED, and the handler stops", arguments: ["Echo", "Expand"])
  func cancellation(method: String) async throws {
    let service = TestingServiceImplementation()
    try await self.withClient(service) { client in
      try await client.start(.init(method, .init(count: 1, delayMs: 60_000)))
      for await _ in service.waits.stream { break }
      try await client.cancel()
      let outcome = try await client.outcomes()[0]
      #expect(outcome.code == StatusCode.cancelled.rawValue)
      for await _ in service.cancellations.stream { break }
    }
  }

  @Test("a message beyond the limit is refused by name, and the connection lives on")
  func messageLimit() async throws {
    try await self.withClient(limits: CallLimits(messageBytes: 10_000)) { client in
      let tooLarge = try await client.call(.init("Echo", .init(payloadSize: 20_000)))
      #expect(tooLarge.code == StatusCode.resourceExhausted.rawValue)
      #expect(tooLarge.message.contains("over the limit of 10000"))
      let streamed = try await client.call(
        .init("Collect", .init(payloadSize: 100), .init(payloadSize: 20_000)))
      #expect(streamed.code == StatusCode.resourceExhausted.rawValue)
      let next = try await client.call(.init("Echo", .init(text: "fine")))
      #expect(next.code == 0)
    }
  }

  @Test("messages larger than every window arrive whole, both ways")
  func largeMessages() async throws {
    try await self.withClient(limits: CallLimits(messageBytes: 32 << 20)) { client in
      let outcome = try await client.call(.init("Echo", .init(payloadSize: 9_000_001)))
      #expect(outcome.code == 0)
      #expect(outcome.responses.map(\.payloadSize) == [9_000_001])
      #expect(outcome.responses.map(\.payloadMatches) == [true])
    }
  }

  @Test("many small messages pass the flow control, both ways")
  func manyMessages() async throws {
    try await self.withClient { client in
      var chat = GRPCIOClient.Call("Chat")
      chat.requests = (0..<3_000).map { .init(text: "\($0)", payloadSize: 500) }
      let outcome = try await client.call(chat)
      #expect(outcome.code == 0)
      #expect(outcome.responses.map(\.index) == Array(0..<3_000))
      #expect(outcome.responses.allSatisfy { $0.payloadSize == 500 && $0.payloadMatches })
    }
  }

  @Test("two hundred calls at once share a connection")
  func manyAtOnce() async throws {
    try await self.withClient { client in
      var call = GRPCIOClient.Call("Echo", .init(text: "x", payloadSize: 20_000, delayMs: 200))
      call.copies = 200
      try await client.start(call)
      let outcomes = try await client.outcomes()
      #expect(outcomes.count == 200)
      #expect(outcomes.allSatisfy { $0.code == 0 && $0.responses.first?.payloadMatches == true })
    }
  }

  @Test("a client that does not prove who it is reaches no handler", arguments: [false, true])
  func strangers(hasCertificate: Bool) async throws {
    let service = TestingServiceImplementation()
    let server = try await RPCServer.start(
      RPCRouter(services: [service], accessController: CallerRules()),
      RPCServer.Configuration(tls: try self.certificates.meshServer("trading")))
    let outcome = try await GRPCIOClient.run(
      port: server.port,
      identity: hasCertificate ? try self.certificates.strangersService("gateway") : nil,
      trusting: self.certificates.authorityPath
    ) { try await $0.call(.init("Echo", .init(text: "x", delayMs: 1))) }
    #expect(outcome.code == StatusCode.unavailable.rawValue)
    await server.stop(grace: .seconds(2))
    service.waits.continuation.finish()
    var handlers = 0
    for await _ in service.waits.stream { handlers += 1 }
    #expect(handlers == 0)
  }
}

/// What handlers saw, in order.
private final class Seen: Sendable {
  private let values = Mutex<[Bool]>([])

  var all: [Bool] { values.withLock { $0 } }
  func add(_ value: Bool) { values.withLock { $0.append(value) } }
}
