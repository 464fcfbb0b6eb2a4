import HTTP2
import RPC
import RPCTransport
import TestSupport
import Testing
import TestingContract

/// More calls at once than a server allows on a connection.
@Suite(.timeLimit(.minutes(5))) struct StreamLimitTests {
  private func withClient<R: Sendable>(
    _ service: TestingServiceImplementation, streams: UInt32,
    _ body: (TestingV1.TestingServiceClient) async throws -> R
  ) async throws -> R {
    var configuration = RPCServer.Configuration(tls: nil)
    configuration.http2.concurrentStreams = streams
    let server = try await RPCServer.start(
      RPCRouter(services: [service], accessController: CallerRules()), configuration)
    let connection = try await ClientConnection.connect(
      host: "127.0.0.1", port: server.port, ClientConnection.Configuration(tls: nil))
    let result = try await body(TestingV1.TestingServiceClient(connection))
    connection.close()
    await server.stop(grace: .seconds(2))
    return result
  }

  @Test("calls beyond the limit wait for their turn", arguments: [(4, 300), (100, 200)])
  func queue(streams: UInt32, calls: Int) async throws {
    try await self.withClient(TestingServiceImplementation(), streams: streams) { client in
      try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<calls {
          group.addTask {
            var request = TestingV1.EchoRequest()
            request.text = "\(number)"
            request.delayMs = 1
            return try await client.echo(request).text
          }
        }
        var texts: Set<String> = []
        for try await text in group { texts.insert(text) }
        #expect(texts.count == calls)
      }
    }
  }

  @Test("a call that waits for its turn keeps its deadline, and can be given up")
  func waiting() async throws {
    let service = TestingServiceImplementation()
    try await self.withClient(service, streams: 1) { client in
      let first = try await client.chat()
      var responses = first.responses.makeAsyncIterator()
      try await first.requests.write(TestingV1.EchoRequest())
      _ = try await responses.next()

      let late = await #expect(throws: RPCError.self) {
        try await client.echo(
          TestingV1.EchoRequest(), options: CallOptions(timeout: .milliseconds(50)))
      }
      #expect(late?.code == .deadlineExceeded)
      for _ in 0..<100 {
        let givenUp = Task { try await client.echo(TestingV1.EchoRequest()) }
        givenUp.cancel()
        let cancelled = await #expect(throws: RPCError.self) { try await givenUp.value }
        #expect(cancelled?.code == .cancelled)
      }

      first.requests.finish()
      #expect(try await responses.next() == nil)
      let next = try await client.echo(TestingV1.EchoRequest())
      #expect(next == TestingV1.EchoResponse())
    }
  }
}
