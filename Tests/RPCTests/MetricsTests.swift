import Observability
import Protobuf
import RPC
import RPCInProcess
import TestSupport
import Testing
import TestingContract

/// Every call is counted once, at both ends, by method, peer and status.
@Suite(.timeLimit(.minutes(5))) struct MetricsTests {
  private struct Everyone: AccessController {
    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? { nil }
  }

  /// A channel whose calls are counted.
  private struct CountedChannel: RPCChannel {
    let base: InProcessChannel
    let metrics: ClientMetrics?

    func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
      try await base.open(head)
    }
  }

  private let metrics = MetricsRegistry()
  private let service = TestingServiceImplementation()

  private func client(as peer: String? = "gateway") -> TestingV1.TestingServiceClient {
    let router = RPCRouter(
      services: [service], accessController: Everyone(), metrics: ServerMetrics(metrics))
    return TestingV1.TestingServiceClient(
      CountedChannel(
        base: InProcessServer(router).channel(as: peer.map { PeerIdentity(service: $0) }),
        metrics: ClientMetrics(metrics, target: "trading")))
  }

  @Test("a call whose deadline passed while it waited for its loop is dropped, and counted")
  func expiredCalls() async throws {
    let router = RPCRouter(
      services: [service], accessController: Everyone(), metrics: ServerMetrics(metrics))
    let path = "/alphintra.testing.v1.TestingService/Echo"
    let method = try #require(router.method(path: path))
    func answer(by deadline: ContinuousClock.Instant) async -> Result<[UInt8], RPCError> {
      let call = ServerCall(method, metadata: [:], peer: nil, deadline: deadline)
      return await router.serveUnary(call, request: [])
    }
    guard case .failure(let failure) = await answer(by: .now) else {
      Issue.record("nobody waits for it")
      return
    }
    #expect(failure.code == .deadlineExceeded)
    _ = try await answer(by: .now + .seconds(600)).get()
    let label = "grpc_method=\"alphintra.testing.v1.TestingService/Echo\""
    #expect(await value("grpc_server_calls_expired_total", label) == 1)
    #expect(await serverCalls("Echo", "DEADLINE_EXCEEDED", peer: "none") == 1)
    #expect(await serverCalls("Echo", "OK", peer: "none") == 1)
  }

  @Test("a call for whose response there is no room has failed, and is counted so")
  func noRoomForResponse() async throws {
    let router = RPCRouter(
      services: [service], accessController: Everyone(), metrics: ServerMetrics(metrics))
    let method = try #require(router.method(path: "/alphintra.testing.v1.TestingService/Echo"))
    let budget = MemoryBudget(limit: 7)
    func answer(_ text: String) async throws -> Result<[UInt8], RPCError> {
      let call = ServerCall(method, metadata: [:], peer: nil, deadline: nil)
      let request = TestingV1.EchoRequest.with { $0.text = text }
      return await router.serveUnary(call, request: request.serialized(), responses: budget)
    }
    // A tag, a length and five characters fill it.
    #expect(try await answer("12345").get().count == 7)
    #expect(budget.heldBytes == 7)
    guard case .failure(let failure) = try await answer("x") else {
      Issue.record("nothing is left")
      return
    }
    #expect(failure.code == .resourceExhausted)
    #expect(budget.heldBytes == 7)
    #expect(await serverCalls("Echo", "OK", peer: "none") == 1)
    #expect(await serverCalls("Echo", "RESOURCE_EXHAUSTED", peer: "none") == 1)
  }

  /// The value of a line; nil if there is none.
  private func value(_ name: String, _ labels: String) async -> Double? {
    let line = await metrics.prometheusText().split(separator: "\n")
      .first { $0.hasPrefix("\(name){\(labels)} ") }
    return line.flatMap { Double($0.drop { $0 != "}" }.dropFirst(2)) }
  }

  private func serverCalls(_ method: String, _ status: String, peer: String = "gateway") async
    -> Double?
  {
    await value(
      "grpc_server_call_duration_seconds_count",
      """
      grpc_method="alphintra.testing.v1.TestingService/\(method)",grpc_status="\(status)",\
      peer="\(peer)"
      """)
  }

  private func clientCalls(_ method: String, _ status: String) async -> Double? {
    await value(
      "grpc_client_call_duration_seconds_count",
      """
      grpc_method="alphintra.testing.v1.TestingService/\(method)",grpc_status="\(status)",\
      grpc_target="trading"
      """)
  }

  @Test func unaryCalls() async throws {
    let client = client()
    for _ in 0..<3 { _ = try await client.echo(.with { $0.text = "12345" }) }
    await #expect(throws: RPCError.self) {
      try await client.echo(.with { $0.failCode = Int32(StatusCode.notFound.rawValue) })
    }
    _ = try await self.client(as: nil).echo(.with { $0.text = "x" })
    #expect(await serverCalls("Echo", "OK") == 3)
    #expect(await serverCalls("Echo", "NOT_FOUND") == 1)
    #expect(await serverCalls("Echo", "OK", peer: "none") == 1)
    #expect(await clientCalls("Echo", "OK") == 4)
    #expect(await clientCalls("Echo", "NOT_FOUND") == 1)
    let method = #"grpc_method="alphintra.testing.v1.TestingService/Echo""#
    #expect(await value("grpc_server_call_started_total", method) == 5)
    #expect(
      await value("grpc_client_call_started_total", #"\#(method),grpc_target="trading""#) == 5)
    // A tag, a length and five characters, three times.
    let labels = #"\#(method),grpc_status="OK",peer="gateway""#
    #expect(await value("grpc_server_call_rcvd_message_bytes_sum", labels) == 21)
    #expect(await value("grpc_server_call_sent_message_bytes_sum", labels) == 21)
    let seconds = try #require(await value("grpc_server_call_duration_seconds_sum", labels))
    #expect(seconds > 0 && seconds < 60)
  }

  @Test func streams() async throws {
    let client = client()
    let collected = try await client.collect { requests in
      for _ in 0..<4 { try await requests.write(.with { $0.text = "12345" }) }
    }
    #expect(collected.index == 4)
    let method = #"grpc_method="alphintra.testing.v1.TestingService/Collect""#
    let server = #"\#(method),grpc_status="OK",peer="gateway""#
    #expect(await value("grpc_server_call_rcvd_message_bytes_sum", server) == 28)
    let caller = #"\#(method),grpc_status="OK",grpc_target="trading""#
    #expect(await value("grpc_client_call_sent_message_bytes_sum", caller) == 28)
    #expect(
      await value("grpc_client_call_rcvd_message_bytes_sum", caller)
        == Double(collected.serialized().count))
  }

  @Test("a stream that nobody reads to its end is CANCELLED at both ends")
  func abandonedStream() async throws {
    do {
      let stream = try await client().expand(.with { $0.count = 1_000_000 })
      var responses = stream.makeAsyncIterator()
      _ = try await responses.next()
    }
    try await eventually { await serverCalls("Expand", "CANCELLED") == 1 }
    #expect(await clientCalls("Expand", "CANCELLED") == 1)
  }

  @Test("a stream that ends because its server stops is counted apart from failures")
  func drainedStream() async throws {
    let method = MethodDescriptor(
      service: "test.Service", method: "Watch", kind: .serverStreaming,
      access: AccessRule(callers: .mesh, user: .none))
    var router = RPCRouter(
      services: [], accessController: Everyone(), metrics: ServerMetrics(metrics))
    router.serverStreaming(method) {
      (request: TestingV1.EchoRequest, _: RPCWriter<TestingV1.EchoResponse>, _) in
      throw RPCError(
        .unavailable, "open it again", cause: request.text == "drain" ? ServerStops() : nil)
    }
    let channel = InProcessServer(router).channel(as: PeerIdentity(service: "gateway"))
    for text in ["drain", "drain", "failure"] {
      let error = await #expect(throws: RPCError.self) {
        let responses: RPCStream<TestingV1.EchoResponse> = try await channel.serverStreaming(
          method, TestingV1.EchoRequest.with { $0.text = text })
        for try await _ in responses {}
      }
      #expect(error?.code == .unavailable)
    }
    let labels = #"grpc_method="test.Service/Watch",grpc_status="UNAVAILABLE",peer="gateway""#
    let count = "grpc_server_call_duration_seconds_count"
    #expect(await value(count, labels) == 1)
    #expect(await value(count, #"\#(labels),ended_by="drain""#) == 2)
  }

  @Test("a handler that is cut off at its deadline is DEADLINE_EXCEEDED at both ends")
  func deadline() async throws {
    await #expect(throws: RPCError.self) {
      try await client().echo(
        .with { $0.delayMs = 60_000 }, options: CallOptions(timeout: .milliseconds(50)))
    }
    try await eventually { await serverCalls("Echo", "DEADLINE_EXCEEDED") == 1 }
    #expect(await clientCalls("Echo", "DEADLINE_EXCEEDED") == 1)
  }

  @Test("what callers name that is not there is counted under one name")
  func unknownMethods() async throws {
    let client = client()
    _ = try await client.echo(.with { $0.text = "x" })
    let router = RPCRouter(
      services: [], accessController: Everyone(), metrics: ServerMetrics(metrics))
    let empty = TestingV1.TestingServiceClient(InProcessServer(router).channel())
    await #expect(throws: RPCError.self) { try await empty.echo(.with { $0.text = "x" }) }
    let other = #"grpc_method="other",grpc_status="UNIMPLEMENTED",peer="none""#
    #expect(await value("grpc_server_call_duration_seconds_count", other) == 1)
  }

  @Test("a call that is refused is counted once")
  func refusal() async throws {
    struct Nobody: AccessController {
      func authorizeNow(
        method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
      ) throws(RPCError) -> AccessGrant? { throw RPCError(.permissionDenied, "no") }

      func authorize(
        method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
      ) async throws(RPCError) -> UserIdentity? { throw RPCError(.permissionDenied, "no") }
    }
    let router = RPCRouter(
      services: [service], accessController: Nobody(), metrics: ServerMetrics(metrics))
    let client = TestingV1.TestingServiceClient(
      InProcessServer(router).channel(as: PeerIdentity(service: "gateway")))
    await #expect(throws: RPCError.self) { try await client.echo(.with { $0.text = "x" }) }
    #expect(await serverCalls("Echo", "PERMISSION_DENIED") == 1)
    #expect(await serverCalls("Echo", "CANCELLED") == nil)
  }
}
