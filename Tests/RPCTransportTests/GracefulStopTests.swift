import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing
import TestingContract

/// How a server stops.
@Suite(.timeLimit(.minutes(5))) struct GracefulStopTests {
  private func start(
    _ service: TestingServiceImplementation, handlerStopTimeout: Duration = .seconds(60)
  ) async throws -> (RPCServer, ClientConnection) {
    var configuration = RPCServer.Configuration(tls: nil, logger: .quiet)
    configuration.handlerStopTimeout = handlerStopTimeout
    let server = try await RPCServer.start(
      RPCRouter(services: [service], accessController: CallerRules()), configuration)
    let connection = try await ClientConnection.connect(
      host: "127.0.0.1", port: server.port, ClientConnection.Configuration(tls: nil))
    return (server, connection)
  }

  @Test("calls under way go on to their end, and new ones are not taken")
  func drain() async throws {
    let (server, connection) = try await self.start(TestingServiceImplementation())
    let client = TestingV1.TestingServiceClient(connection)
    let call = try await client.chat()
    var responses = call.responses.makeAsyncIterator()
    try await call.requests.write(TestingV1.EchoRequest())
    _ = try await responses.next()

    let stop = Task { await server.stop(grace: .seconds(600)) }
    try await eventually { connection.state == .draining }
    let refused = await #expect(throws: RPCError.self) {
      try await client.echo(TestingV1.EchoRequest())
    }
    #expect(refused?.code == .unavailable)
    // Whoever knows another server may repeat it there.
    #expect(refused?.cause is CallNotProcessed)
    await #expect(throws: RPCError.self) {
      try await ClientConnection.connect(
        host: "127.0.0.1", port: server.port, ClientConnection.Configuration(tls: nil))
    }

    for number in 0..<10 {
      var request = TestingV1.EchoRequest()
      request.text = "\(number)"
      try await call.requests.write(request)
      #expect(try await responses.next()?.text == "\(number)")
    }
    call.requests.finish()
    #expect(try await responses.next() == nil)
    await stop.value
    try await eventually { connection.state == .closed }
  }

  @Test("a client that reads slowly gets the last of its answer though the connection ends with it")
  func slowReader() async throws {
    let (answer, _) = try await RawHTTP2Client.play("slow_reader")
    #expect(answer.statuses["1"] == .init(http: 200, grpc: 0))
    #expect(answer.bytes > 16 << 20, "\(answer)")
    #expect(answer.closed)
  }

  @Test("no call is lost that crosses the notice")
  func crossing() async throws {
    let (server, connection) = try await self.start(TestingServiceImplementation())
    let client = TestingV1.TestingServiceClient(connection)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          while true {
            do throws(RPCError) {
              _ = try await client.echo(TestingV1.EchoRequest())
            } catch {
              #expect(error.code == .unavailable)
              #expect(error.cause is CallNotProcessed)
              return
            }
          }
        }
      }
      await server.stop(grace: .seconds(600))
    }
    #expect(connection.callCount == 0)
  }

  @Test("what outlasts the grace is cut off, and every handler has returned then")
  func cutOff() async throws {
    let hasReturned = Mutex(false)
    let gate = AsyncStream.makeStream(of: Void.self)
    var service = TestingServiceImplementation()
    service.afterCancellation = {
      // Heeds its cancellation late, as one does that has to clean up.
      await Task { for await _ in gate.stream { break } }.value
      hasReturned.withLock { $0 = true }
    }
    let (server, connection) = try await self.start(service)
    let client = TestingV1.TestingServiceClient(connection)
    var request = TestingV1.EchoRequest()
    request.delayMs = 600_000
    let call = Task { [request] in try await client.echo(request) }
    for await _ in service.waits.stream { break }

    let hasStopped = Mutex(false)
    let stop = Task {
      await server.stop(grace: .zero)
      #expect(hasReturned.withLock { $0 })
      hasStopped.withLock { $0 = true }
    }
    let error = await #expect(throws: RPCError.self) { try await call.value }
    #expect(error?.code == .unavailable)
    for await _ in service.cancellations.stream { break }
    #expect(server.connectionCount == 0)
    #expect(!hasStopped.withLock { $0 })
    gate.continuation.yield()
    await stop.value
  }

  @Test("a handler that does not heed its cancellation is waited for no longer than the limit")
  func stubborn() async throws {
    let gate = AsyncStream.makeStream(of: Void.self)
    var service = TestingServiceImplementation()
    service.afterCancellation = {
      await Task { for await _ in gate.stream { break } }.value
    }
    let (server, connection) = try await self.start(
      service, handlerStopTimeout: .milliseconds(50))
    let client = TestingV1.TestingServiceClient(connection)
    var request = TestingV1.EchoRequest()
    request.delayMs = 600_000
    let call = Task { [request] in try await client.echo(request) }
    for await _ in service.waits.stream { break }
    await server.stop(grace: .zero)
    _ = await call.result
    gate.continuation.yield()
  }
}
