import RPC
import RPCTransport
import TLS
import TestSupport
import Testing
import TestingContract

/// Our client with grpcio's server over mutual TLS.
@Suite(.timeLimit(.minutes(5))) struct GRPCIOServerTests {
  private let certificates: TestCertificates

  init() throws {
    self.certificates = try TestCertificates()
  }

  private func withServer<R: Sendable>(
    messageBytes: Int? = nil, limits: CallLimits = CallLimits(),
    keepaliveInterval: Duration? = .seconds(10),
    _ body: (TestingV1.TestingServiceClient, GRPCIOServer) async throws -> R
  ) async throws -> R {
    var configuration = ClientConnection.Configuration(
      tls: try self.certificates.meshClient("gateway", calling: "trading"))
    configuration.limits = limits
    configuration.keepaliveInterval = keepaliveInterval
    return try await GRPCIOServer.run(
      identity: try self.certificates.service("trading"),
      trusting: self.certificates.authorityPath, messageBytes: messageBytes
    ) { server in
      let connection = try await ClientConnection.connect(
        host: "127.0.0.1", port: server.port, configuration)
      let result = try await body(TestingV1.TestingServiceClient(connection), server)
      connection.close()
      return result
    }
  }

  private static func request(
    _ text: String = "", _ change: (inout TestingV1.EchoRequest) -> Void = { _ in }
  ) -> TestingV1.EchoRequest {
    var request = TestingV1.EchoRequest()
    request.text = text
    change(&request)
    return request
  }

  @Test func allFourKinds() async throws {
    try await self.withServer { client, _ in
      #expect(try await client.echo(Self.request("hello")).text == "hello")

      let collected = try await client.collect { requests in
        for text in ["a", "b", "c"] { try await requests.write(Self.request(text)) }
      }
      #expect(collected.text == "abc")
      #expect(collected.index == 3)

      var indices: [Int32] = []
      for try await response in try await client.expand(Self.request("x") { $0.count = 1_000 }) {
        indices.append(response.index)
      }
      #expect(indices == Array(0..<1_000))

      let call = try await client.chat()
      var responses = call.responses.makeAsyncIterator()
      for number in 0..<20 {
        try await call.requests.write(Self.request("\(number)"))
        #expect(try await responses.next()?.text == "\(number)")
      }
      call.requests.finish()
      #expect(try await responses.next() == nil)
    }
  }

  @Test("requests compressed by gzip are understood, message by message")
  func gzip() async throws {
    let payload = [UInt8](repeating: 0, count: 100_000)
    let options = CallOptions(compression: .gzip)
    try await self.withServer(messageBytes: 150_000) { client, _ in
      let echo = try await client.echo(Self.request { $0.payload = payload }, options: options)
      #expect(echo.payload == payload)
      let call = try await client.chat(options: options)
      var responses = call.responses.makeAsyncIterator()
      for number in 0..<6 {
        try await call.requests.write(
          Self.request("\(number)") { $0.payload = payload }, compressed: number.isMultiple(of: 2))
        let response = try await responses.next()
        #expect(response?.text == "\(number)" && response?.payload == payload)
      }
      call.requests.finish()
      #expect(try await responses.next() == nil)
    }
  }

  @Test func failures() async throws {
    let message = "no such thing:\t\"ünïcödé\" 100 % 🙂\r\n"
    try await self.withServer { client, _ in
      let error = await #expect(throws: RPCError.self) {
        try await client.echo(
          Self.request("t") {
            $0.failCode = Int32(StatusCode.notFound.rawValue)
            $0.failMessage = message
          })
      }
      #expect(error?.code == .notFound)
      #expect(error?.message == message)
      #expect(error?.errorInfo?.reason == "ASKED_FOR")
      #expect(error?.errorInfo?.metadata == ["text": "t"])

      let call = try await client.chat()
      var responses = call.responses.makeAsyncIterator()
      try await call.requests.write(Self.request("fine"))
      #expect(try await responses.next()?.text == "fine")
      try await call.requests.write(Self.request("bad") { $0.failCode = 9 })
      let later = await #expect(throws: RPCError.self) { try await responses.next() }
      #expect(later?.code == .failedPrecondition)
    }
  }

  @Test("a method that the server does not have is UNIMPLEMENTED")
  func unknownMethod() async throws {
    let error = try await self.withServer { client, _ in
      // In the contract, and not in the Python peer.
      await #expect(throws: RPCError.self) { try await client.whoAmI(TestingV1.WhoAmIRequest()) }
    }
    #expect(error?.code == .unimplemented)
  }

  @Test func metadata() async throws {
    let received = ResponseMetadata()
    try await self.withServer { client, _ in
      var options = CallOptions()
      try options.metadata.add("x-echo", "plain text")
      try options.metadata.add("x-echo-bin", bytes: [0, 1, 254, 255])
      options.responseMetadata = received
      _ = try await client.echo(Self.request(), options: options)
    }
    #expect(received.initial["x-initial"] == "plain text")
    #expect(received.initial[bytes: "x-initial-bin"] == [0, 1, 254, 255])
    #expect(received.trailing["x-trailing"] == "plain text")
    #expect(received.trailing[bytes: "x-trailing-bin"] == [0, 1, 254, 255])
  }

  @Test("a deadline travels, and ends the call for both sides")
  func deadline() async throws {
    try await self.withServer { client, server in
      _ = try await client.echo(
        Self.request(), options: CallOptions(timeout: .seconds(100)))
      let remaining = try #require(try await server.event("call").remaining)
      #expect(remaining > 0 && remaining <= 101)

      let error = await #expect(throws: RPCError.self) {
        try await client.echo(
          Self.request { $0.delayMs = 60_000 },
          options: CallOptions(timeout: .seconds(4)))
      }
      #expect(error?.code == .deadlineExceeded)
      _ = try await server.event("gone")
    }
  }

  @Test("a call given up is CANCELLED, and the handler learns of it")
  func cancellation() async throws {
    try await self.withServer { client, server in
      let call = Task { () -> StatusCode? in
        do {
          _ = try await client.echo(Self.request { $0.delayMs = 60_000 })
          return nil
        } catch {
          return (error as? RPCError)?.code
        }
      }
      _ = try await server.event("waiting")
      call.cancel()
      #expect(await call.value == .cancelled)
      _ = try await server.event("gone")
    }
  }

  @Test("a message beyond either side's limit is refused, and the connection lives on")
  func messageLimit() async throws {
    try await self.withServer(
      messageBytes: 10_000, limits: CallLimits(messageBytes: 10_000)
    ) { client, _ in
      let tooLarge = await #expect(throws: RPCError.self) {
        try await client.echo(Self.request { $0.payload = [UInt8](repeating: 0, count: 20_000) })
      }
      #expect(tooLarge?.code == .resourceExhausted)
      let answerTooLarge = await #expect(throws: RPCError.self) {
        try await client.echo(Self.request { $0.responseSize = 20_000 })
      }
      #expect(answerTooLarge?.code == .resourceExhausted)
      #expect(answerTooLarge?.message.contains("over the limit of 10000") == true)
      let next = try await client.echo(Self.request("fine"))
      #expect(next.text == "fine")
    }
  }

  @Test("messages larger than every window arrive whole, both ways")
  func largeMessages() async throws {
    let payload = (0..<9_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try await self.withServer(limits: CallLimits(messageBytes: 32 << 20)) { client, _ in
      let response = try await client.echo(Self.request { $0.payload = payload })
      #expect(response.payload == payload)
    }
  }

  @Test("many small messages pass the flow control, both ways")
  func manyMessages() async throws {
    try await self.withServer { client, _ in
      let call = try await client.chat()
      let sending = Task {
        for number in 0..<3_000 {
          try await call.requests.write(
            Self.request("\(number)") { $0.payload = [UInt8](repeating: 1, count: 500) })
        }
        call.requests.finish()
      }
      var next: Int32 = 0
      for try await response in call.responses {
        #expect(response.index == next)
        #expect(response.payload.count == 500)
        next += 1
      }
      try await sending.value
      #expect(next == 3_000)
    }
  }

  @Test("more calls at once than the server takes streams all succeed")
  func manyAtOnce() async throws {
    try await self.withServer { client, _ in
      try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<300 {
          group.addTask { try await client.echo(Self.request("\(number)")).text }
        }
        var texts: Set<String> = []
        for try await text in group { texts.insert(text) }
        #expect(texts.count == 300)
      }
    }
  }

  private func connect(
    _ change: (inout TLSConfiguration) throws -> Void,
    identity: TLSConfiguration.Identity? = nil
  ) async throws -> RPCError? {
    var tls = try self.certificates.meshClient("gateway", calling: "trading")
    try change(&tls)
    let configuration = ClientConnection.Configuration(tls: tls)
    return try await GRPCIOServer.run(
      identity: identity ?? self.certificates.service("trading"),
      trusting: self.certificates.authorityPath
    ) { server -> RPCError? in
      do throws(RPCError) {
        _ = try await ClientConnection.connect(
          host: "127.0.0.1", port: server.port, configuration)
        return nil
      } catch {
        return error
      }
    }
  }

  @Test("a server with another service's certificate is refused")
  func wrongService() async throws {
    let error = try await self.connect(
      { _ in }, identity: try self.certificates.service("auth"))
    #expect(error?.code == .unavailable)
    let cause = error?.cause.map { "\($0)" } ?? ""
    #expect(cause.contains("spiffe://alphintra/service/auth"))
  }

  @Test("a server of another authority is refused")
  func strangersServer() async throws {
    let error = try await self.connect(
      { _ in }, identity: try self.certificates.strangersService("trading"))
    #expect(error?.code == .unavailable)
    #expect(error?.cause is TLSError)
  }

  @Test(
    "the server refuses us without a certificate, or with a stranger's", arguments: [false, true])
  func refused(hasCertificate: Bool) async throws {
    let identity = hasCertificate ? try self.certificates.strangersService("gateway") : nil
    let error = try await self.connect { tls in
      guard case .client(_, let authority, let server) = tls.role else { return }
      tls.role = .client(identity, trustedAuthoritiesPath: authority, expecting: server)
    }
    #expect(error?.code == .unavailable)
    // grpcio closes the connection and sends no alert.
    let cause = error?.cause.map { "\($0)" } ?? ""
    #expect(cause.contains("closed the connection before it was ready"))
  }
}
