import Observability
import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing
import TestingContract

@testable import Mesh

/// The spans of calls over real connections: each attempt is one, and the server follows from the last.
@Suite(.timeLimit(.minutes(5))) struct AttemptSpanTests {
  private let mesh: MeshFixture
  private let spans = RecordedSpans()

  init() throws { mesh = try MeshFixture() }

  /// A server that fails so many calls.
  private func serve(failures count: Int) async throws -> RPCServer {
    let failures = Mutex(count)
    var router = RPCRouter(
      services: [], accessController: AccessGuard(verifier: NoTokens()),
      tracer: Tracer(service: "trading", sink: spans))
    router.unary(TestingV1.TestingServiceMethods.echo) {
      (_: TestingV1.EchoRequest, _) async throws -> TestingV1.EchoResponse in
      let fails = failures.withLock { failures in
        failures -= 1
        return failures >= 0
      }
      if fails { throw RPCError(.unavailable, "not now", pushback: .after(.milliseconds(1))) }
      return TestingV1.EchoResponse()
    }
    let server = try await RPCServer.start(
      router,
      RPCServer.Configuration(tls: mesh.certificates.meshServer("trading"), logger: .quiet))
    try mesh.publish("trading", at: [server.port])
    return server
  }

  private func client(
    _ sampling: TraceSampling = .standard
  ) throws -> TestingV1.TestingServiceClient {
    let tracer = Tracer(service: "gateway", sampling: sampling, sink: spans)
    return TestingV1.TestingServiceClient(
      try mesh.channel(from: "gateway", to: "trading") { $0.tracer = tracer })
  }

  @Test func eachAttemptIsASpanOfTheCall() async throws {
    let server = try await serve(failures: 2)
    _ = try await client().echo(
      TestingV1.EchoRequest(), options: CallOptions(timeout: .seconds(600)))
    try await eventually { spans.all.count == 7 }
    let name = "alphintra.testing.v1.TestingService.Echo"
    let call = try #require(spans.all.first { $0.name == "Sent.\(name)" })
    #expect(call.parent == nil && call.status == .unset)
    #expect(call.attributes.contains(SpanAttribute("server.address", "trading")))
    let attempts = spans.all.filter { $0.name == "Attempt.\(name)" }
      .sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    #expect(attempts.allSatisfy { $0.parent == call.context.spanID && $0.kind == .client })
    for (number, attempt) in attempts.enumerated() {
      #expect(
        attempt.attributes.contains(SpanAttribute("previous-rpc-attempts", .integer(number))))
      #expect(attempt.attributes.contains(SpanAttribute("transparent-retry", false)))
      #expect(
        attempt.attributes.contains(SpanAttribute("network.peer.port", .integer(server.port))))
      let answer = try #require(spans.of(.server).first { $0.parent == attempt.context.spanID })
      #expect(answer.name == "Recv.\(name)" && answer.parentIsRemote)
      let failed = number < 2 ? SpanRecord.Status.error("UNAVAILABLE: not now") : .unset
      #expect(attempt.status == failed && answer.status == failed)
    }
    #expect(attempts.count == 3 && Set(spans.all.map(\.context.traceID)).count == 1)
    await server.stop(grace: .zero)
  }

  @Test func aCallThatReachesNobodyIsASpan() async throws {
    let client = try client()
    await #expect(throws: RPCError.self) { try await client.echo(TestingV1.EchoRequest()) }
    let call = try #require(spans.all.first)
    #expect(spans.all.count == 1)
    #expect(call.status == .error("UNAVAILABLE: trading is not available"))
  }

  @Test func aCallThatIsNotRecordedHasNoSpans() async throws {
    let server = try await serve(failures: 1)
    _ = try await client(TraceSampling(ratio: 0)).echo(
      TestingV1.EchoRequest(), options: CallOptions(timeout: .seconds(600)))
    await server.stop(grace: .seconds(60))
    #expect(spans.all.isEmpty)
  }
}
