import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing
import TestingContract

/// What compression is for those who call and serve, whatever carries the call.
@Suite(.timeLimit(.minutes(5))) struct CompressionTests {
  private static func request(
    _ text: String = "", zeros: Int = 0, _ change: (inout TestingV1.EchoRequest) -> Void = { _ in }
  ) -> TestingV1.EchoRequest {
    var request = TestingV1.EchoRequest()
    request.text = text
    request.payload = [UInt8](repeating: 0, count: zeros)
    change(&request)
    return request
  }

  /// What the handlers saw of their requests.
  private final class Seen: Sendable {
    let compressed = Mutex<[Bool]>([])

    func note(_ context: ServerContext) {
      self.compressed.withLock { $0.append(context.lastRequestWasCompressed) }
    }

    var all: [Bool] { self.compressed.withLock { $0 } }
  }

  @Test("nothing is compressed that nobody asked for", arguments: Transport.allCases)
  func byDefault(transport: Transport) async throws {
    let seen = Seen()
    let received = ResponseMetadata()
    var service = TestingServiceImplementation()
    service.beforeAnswer = { seen.note($0) }
    try await transport.withClient(service) { client in
      let response = try await client.echo(
        Self.request(zeros: 100_000), options: CallOptions(responseMetadata: received))
      #expect(response.payload.count == 100_000)
    }
    #expect(seen.all == [false])
    #expect(!received.lastResponseWasCompressed)
  }

  @Test("each side compresses by itself", arguments: Transport.allCases, [true, false])
  func unary(transport: Transport, server: Bool) async throws {
    let seen = Seen()
    let received = ResponseMetadata()
    var service = TestingServiceImplementation()
    service.beforeAnswer = { context in
      seen.note(context)
      #expect(context.setResponseCompression(server ? .gzip : .identity))
    }
    try await transport.withClient(service) { client in
      let payload = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 100) }
      let response = try await client.echo(
        Self.request { $0.payload = payload },
        options: CallOptions(
          compression: server ? .identity : .gzip, responseMetadata: received))
      #expect(response.payload == payload)
    }
    #expect(seen.all == [!server])
    #expect(received.lastResponseWasCompressed == server)
  }

  @Test("a message can be left as it is on a compressed call", arguments: Transport.allCases)
  func perMessage(transport: Transport) async throws {
    let seen = Seen()
    let received = ResponseMetadata()
    var service = TestingServiceImplementation()
    service.beforeEachAnswer = { index, context in
      seen.note(context)
      if index == 0 { context.setResponseCompression(.gzip) }
      return index % 3 != 0
    }
    try await transport.withClient(service) { client in
      let call = try await client.chat(
        options: CallOptions(compression: .gzip, responseMetadata: received))
      var responses = call.responses.makeAsyncIterator()
      for index in 0..<12 {
        let request = Self.request("\(index)", zeros: 1_000 * index + 1_000)
        try await call.requests.write(request, compressed: index.isMultiple(of: 2))
        let response = try await responses.next()
        #expect(response?.payload == request.payload)
        #expect(received.lastResponseWasCompressed == (index % 3 != 0))
      }
      call.requests.finish()
      #expect(try await responses.next() == nil)
    }
    #expect(seen.all == (0..<12).map { $0.isMultiple(of: 2) })
  }

  @Test("what is decided after the first response changes nothing", arguments: Transport.allCases)
  func tooLate(transport: Transport) async throws {
    let received = ResponseMetadata()
    var service = TestingServiceImplementation()
    service.beforeEachAnswer = { index, context in
      if index == 1 { #expect(!context.setResponseCompression(.gzip)) }
      return true
    }
    try await transport.withClient(service) { client in
      let request = Self.request(zeros: 1_000) { $0.count = 3 }
      let options = CallOptions(responseMetadata: received)
      for try await response in try await client.expand(request, options: options) {
        #expect(response.payload.count == 1_000)
        #expect(!received.lastResponseWasCompressed)
      }
    }
  }

  @Test("a stream of compressed requests is joined", arguments: Transport.allCases)
  func clientStreaming(transport: Transport) async throws {
    let response = try await transport.withClient { client in
      try await client.collect(options: CallOptions(compression: .gzip)) { requests in
        for index in 0..<200 { try await requests.write(Self.request("\(index),", zeros: 5_000)) }
      }
    }
    #expect(response.text == (0..<200).map { "\($0)," }.joined())
    #expect(response.payload.count == 1_000_000)
  }

  @Test("a message's limit is that of its content", arguments: Transport.allCases)
  func messageLimit(transport: Transport) async throws {
    var service = TestingServiceImplementation()
    service.beforeAnswer = { $0.setResponseCompression(.gzip) }
    try await transport.withClient(service, limits: CallLimits(messageBytes: 10_000)) { client in
      let options = CallOptions(compression: .gzip)
      let request = await #expect(throws: RPCError.self) {
        try await client.echo(Self.request(zeros: 20_000), options: options)
      }
      #expect(request?.code == .resourceExhausted)
      let response = await #expect(throws: RPCError.self) {
        try await client.echo(Self.request { $0.responseSize = 20_000 }, options: options)
      }
      #expect(response?.code == .resourceExhausted)
      let next = try await client.echo(Self.request("fine", zeros: 9_000), options: options)
      #expect(next.text == "fine")
    }
  }

  // MARK: - On the wire

  @Test(
    "what would not get smaller is left as it is", arguments: [Transport.plaintext, .mutualTLS])
  func incompressible(transport: Transport) async throws {
    let seen = Seen()
    let received = ResponseMetadata()
    var service = TestingServiceImplementation()
    service.beforeAnswer = { context in
      seen.note(context)
      context.setResponseCompression(.gzip)
    }
    try await transport.withClient(service) { client in
      var random = SeededGenerator(seed: 7)
      let noise = (0..<10_000).map { _ in UInt8.random(in: 0...255, using: &random) }
      for payload in [noise, []] {
        let response = try await client.echo(
          Self.request { $0.payload = payload },
          options: CallOptions(compression: .gzip, responseMetadata: received))
        #expect(response.payload == payload)
        #expect(!received.lastResponseWasCompressed)
      }
    }
    #expect(seen.all == [false, false])
  }

  @Test("a bomb is found by its ratio, in either direction")
  func bombs() async throws {
    var service = TestingServiceImplementation()
    service.beforeAnswer = { $0.setResponseCompression(.gzip) }
    let limits = CallLimits(inflation: InflationLimits(ratio: 20, unconditionalBytes: 50_000))
    try await Transport.plaintext.withClient(service, limits: limits) { client in
      let options = CallOptions(compression: .gzip)
      let request = await #expect(throws: RPCError.self) {
        try await client.echo(Self.request(zeros: 60_000), options: options)
      }
      #expect(request?.code == .resourceExhausted)
      #expect(request?.message.contains("50000 bytes, the limit of inflation") == true)
      let response = await #expect(throws: RPCError.self) {
        try await client.echo(Self.request { $0.responseSize = 60_000 }, options: options)
      }
      #expect(response?.code == .resourceExhausted)
      // Within what is always allowed, and within the ratio.
      let small = try await client.echo(Self.request(zeros: 40_000), options: options)
      #expect(small.payload.count == 40_000)
      var random = SeededGenerator(seed: 11)
      let letters = (0..<60_000).map { _ in UInt8.random(in: 0...15, using: &random) }
      let large = try await client.echo(Self.request { $0.payload = letters }, options: options)
      #expect(large.payload == letters)
    }
  }

  @Test("a bomb ends a stream, also for a handler that goes on")
  func bombInStream() async throws {
    let service = Stubborn()
    var configuration = RPCServer.Configuration(tls: nil)
    configuration.limits.inflation = InflationLimits(ratio: 20, unconditionalBytes: 50_000)
    try await self.withClient(service, configuration) { client in
      let call = try await client.chat(options: CallOptions(compression: .gzip))
      var responses = call.responses.makeAsyncIterator()
      try await call.requests.write(Self.request("fine", zeros: 40_000))
      #expect(try await responses.next()?.text == "fine")
      try await call.requests.write(Self.request("bomb", zeros: 60_000))
      let error = await #expect(throws: RPCError.self) { try await responses.next() }
      #expect(error?.code == .resourceExhausted)
    }
    for await failure in service.failures.stream {
      #expect(failure.code == .resourceExhausted)
      break
    }
  }

  @Test("a server's own setting counts where the handler says nothing")
  func serverSetting() async throws {
    let received = ResponseMetadata()
    var service = TestingServiceImplementation()
    service.beforeAnswer = { context in
      if context.metadata["x-echo"] != nil { context.setResponseCompression(.identity) }
    }
    var configuration = RPCServer.Configuration(tls: nil)
    configuration.compression = .gzip
    try await self.withClient(service, configuration) { client in
      for metadata: Metadata in [[:], ["x-echo": "as it is"]] {
        _ = try await client.echo(
          Self.request(zeros: 1_000),
          options: CallOptions(metadata: metadata, responseMetadata: received))
        #expect(received.lastResponseWasCompressed == metadata.isEmpty)
      }
    }
  }

  private func withClient(
    _ service: any RPCService, _ configuration: RPCServer.Configuration,
    _ body: (TestingV1.TestingServiceClient) async throws -> Void
  ) async throws {
    let server = try await RPCServer.start(
      RPCRouter(services: [service], accessController: CallerRules()), configuration)
    let connection = try await ClientConnection.connect(
      host: "127.0.0.1", port: server.port, ClientConnection.Configuration(tls: nil))
    try await body(TestingV1.TestingServiceClient(connection))
    connection.close()
    await server.stop(grace: .seconds(2))
  }
}

/// Answers each request, and believes that a failure to read one is no failure of the call.
private struct Stubborn: RPCService {
  static let descriptor = TestingServiceImplementation.descriptor
  let failures = AsyncStream.makeStream(of: RPCError.self)

  func register(in router: inout RPCRouter) {
    router.bidirectionalStreaming(TestingV1.TestingServiceMethods.chat) {
      (
        requests: RPCStream<TestingV1.EchoRequest>, responses: RPCWriter<TestingV1.EchoResponse>, _
      ) in
      do {
        for try await request in requests {
          var response = TestingV1.EchoResponse()
          response.text = request.text
          try await responses.write(response)
        }
      } catch let error as RPCError {
        self.failures.continuation.yield(error)
      }
    }
  }
}
