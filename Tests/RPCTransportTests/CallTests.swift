import RPC
import Synchronization
import TestSupport
import Testing
import TestingContract

/// What a call is, whatever carries it.
@Suite(.timeLimit(.minutes(5))) struct CallTests {
  private static func request(
    _ text: String, _ change: (inout TestingV1.EchoRequest) -> Void = { _ in }
  )
    -> TestingV1.EchoRequest
  {
    var request = TestingV1.EchoRequest()
    request.text = text
    change(&request)
    return request
  }

  @Test(arguments: Transport.allCases)
  func unary(transport: Transport) async throws {
    let response = try await transport.withClient { try await $0.echo(Self.request("hello")) }
    #expect(response.text == "hello")
  }

  @Test(arguments: Transport.allCases)
  func emptyMessages(transport: Transport) async throws {
    let response = try await transport.withClient { try await $0.echo(TestingV1.EchoRequest()) }
    #expect(response == TestingV1.EchoResponse())
  }

  @Test(arguments: Transport.allCases)
  func clientStreaming(transport: Transport) async throws {
    let response = try await transport.withClient { client in
      try await client.collect { requests in
        for text in ["a", "b", "c"] { try await requests.write(Self.request(text)) }
      }
    }
    #expect(response.text == "abc")
    #expect(response.index == 3)
  }

  @Test(arguments: Transport.allCases)
  func serverStreaming(transport: Transport) async throws {
    let indices = try await transport.withClient { client in
      var indices: [Int32] = []
      for try await response in try await client.expand(Self.request("x") { $0.count = 1_000 }) {
        indices.append(response.index)
      }
      return indices
    }
    #expect(indices == Array(0..<1_000))
  }

  @Test(arguments: Transport.allCases)
  func bidirectionalStreaming(transport: Transport) async throws {
    try await transport.withClient { client in
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

  @Test("messages larger than every window arrive whole", arguments: Transport.allCases)
  func largeMessages(transport: Transport) async throws {
    let payload = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let response = try await transport.withClient { client in
      try await client.echo(Self.request("large") { $0.payload = payload })
    }
    #expect(response.payload == payload)
  }

  @Test("a hundred calls share a connection", arguments: Transport.allCases)
  func manyAtOnce(transport: Transport) async throws {
    try await transport.withClient { client in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<100 {
          group.addTask {
            let request = Self.request("\(number)") {
              $0.payload = [UInt8](repeating: 1, count: 20_000)
            }
            let response = try await client.echo(request)
            return response.text == "\(number)" && response.payload.count == 20_000
          }
        }
        for try await matches in group { #expect(matches) }
      }
    }
  }

  @Test("a failure keeps its code, its message and its details", arguments: Transport.allCases)
  func failure(transport: Transport) async throws {
    let message = "no such thing:\t\"ünïcödé\" 100 % 🙂\r\n"
    try await transport.withClient { client in
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
    }
  }

  @Test("a stream's failure comes after its messages", arguments: Transport.allCases)
  func failureAfterMessages(transport: Transport) async throws {
    try await transport.withClient { client in
      let call = try await client.chat()
      var responses = call.responses.makeAsyncIterator()
      try await call.requests.write(Self.request("fine"))
      #expect(try await responses.next()?.text == "fine")
      try await call.requests.write(
        Self.request("bad") { $0.failCode = Int32(StatusCode.failedPrecondition.rawValue) })
      let error = await #expect(throws: RPCError.self) { try await responses.next() }
      #expect(error?.code == .failedPrecondition)
    }
  }

  @Test(arguments: Transport.allCases)
  func metadata(transport: Transport) async throws {
    let received = ResponseMetadata()
    try await transport.withClient { client in
      var options = CallOptions()
      try options.metadata.add("x-echo", "plain text")
      try options.metadata.add("x-echo-bin", bytes: [0, 1, 254, 255])
      options.responseMetadata = received
      _ = try await client.echo(Self.request(""), options: options)
    }
    #expect(received.initial["x-initial"] == "plain text")
    #expect(received.initial[bytes: "x-initial-bin"] == [0, 1, 254, 255])
    #expect(received.trailing["x-trailing"] == "plain text")
    #expect(received.trailing[bytes: "x-trailing-bin"] == [0, 1, 254, 255])
  }

  @Test("a deadline ends the call for both sides", arguments: Transport.allCases)
  func deadline(transport: Transport) async throws {
    let hasBegun = Mutex(false)
    var service = TestingServiceImplementation()
    service.beforeAnswer = { _ in hasBegun.withLock { $0 = true } }
    try await transport.withClient(service) { client in
      // On a busy machine the deadline may pass before the handler begins, which then does not.
      for timeout in [Duration.seconds(2), .seconds(8), .seconds(30)]
      where !hasBegun.withLock({ $0 }) {
        let error = await #expect(throws: RPCError.self) {
          try await client.echo(
            Self.request("") { $0.delayMs = 600_000 }, options: CallOptions(timeout: timeout))
        }
        #expect(error?.code == .deadlineExceeded)
      }
      // The handler was told, too.
      for await _ in service.cancellations.stream { break }
    }
  }

  @Test("a cancelled caller sees CANCELLED, and the handler stops", arguments: Transport.allCases)
  func cancellation(transport: Transport) async throws {
    let service = TestingServiceImplementation()
    try await transport.withClient(service) { client in
      let call = Task { () -> StatusCode? in
        do {
          _ = try await client.echo(Self.request("") { $0.delayMs = 30_000 })
          return nil
        } catch {
          return (error as? RPCError)?.code
        }
      }
      for await _ in service.waits.stream { break }
      call.cancel()
      #expect(await call.value == .cancelled)
      for await _ in service.cancellations.stream { break }
    }
  }

  @Test("a message beyond the limit is refused by name", arguments: Transport.allCases)
  func messageLimit(transport: Transport) async throws {
    let limits = CallLimits(messageBytes: 10_000)
    try await transport.withClient(limits: limits) { client in
      let tooLarge = await #expect(throws: RPCError.self) {
        try await client.echo(
          Self.request("") { $0.payload = [UInt8](repeating: 0, count: 20_000) })
      }
      #expect(tooLarge?.code == .resourceExhausted)
      let answerTooLarge = await #expect(throws: RPCError.self) {
        try await client.echo(Self.request("") { $0.responseSize = 20_000 })
      }
      #expect(answerTooLarge?.code == .resourceExhausted)
      let response = try await client.echo(Self.request("still fine"))
      #expect(response.text == "still fine")
    }
  }

  @Test(
    "a reader that takes its time holds the writer back, not its neighbours",
    arguments: Transport.allCases)
  func backpressure(transport: Transport) async throws {
    try await transport.withClient { client in
      let slow = try await client.expand(
        Self.request("") {
          $0.count = 64
          $0.responseSize = 1_000_000
        })
      var iterator = slow.makeAsyncIterator()
      #expect(try await iterator.next()?.index == 0)
      for number in 0..<20 {
        let response = try await client.echo(Self.request("\(number)"))
        #expect(response.text == "\(number)")
      }
      var count = 1
      while let response = try await iterator.next() {
        #expect(response.payload.count == 1_000_000)
        count += 1
      }
      #expect(count == 64)
    }
  }

  @Test("who calls is what the certificate says", arguments: [Transport.inProcess, .mutualTLS])
  func peerIdentity(transport: Transport) async throws {
    let response = try await transport.withClient { try await $0.whoAmI(TestingV1.WhoAmIRequest()) }
    #expect(response.spiffeID == "spiffe://alphintra/service/gateway")
  }

  @Test("without a certificate the rule refuses")
  func noIdentity() async throws {
    let error = await #expect(throws: RPCError.self) {
      try await Transport.plaintext.withClient { try await $0.whoAmI(TestingV1.WhoAmIRequest()) }
    }
    #expect(error?.code == .permissionDenied)
  }
}
