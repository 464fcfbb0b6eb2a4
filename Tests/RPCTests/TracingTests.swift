import Observability
import Protobuf
import RPC
import RPCInProcess
import Synchronization
import TestSupport
import Testing
import TestingContract

/// Calls as traces see them: who led to whom, what is recorded, and what travels when nothing is.
@Suite(.timeLimit(.minutes(5))) struct TracingTests {
  private struct Everyone: AccessController {
    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? { nil }
  }

  private let spans = RecordedSpans()
  private static let sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"

  private func tracer(_ service: String, _ sampling: TraceSampling = .standard) -> Tracer {
    Tracer(service: service, sampling: sampling, sink: spans)
  }

  /// A server whose `echo` calls `next` first, and keeps what it was sent.
  private struct Service: Sendable {
    let received: Received
    let client: @Sendable (Tracer?) -> TestingV1.TestingServiceClient
  }

  private final class Received: Sendable {
    let metadata = Mutex<[Metadata]>([])
    var last: Metadata { metadata.withLock { $0.last ?? [:] } }
  }

  private func serve(
    tracer: Tracer?, next: TestingV1.TestingServiceClient? = nil
  ) -> Service {
    let received = Received()
    var router = RPCRouter(services: [], accessController: Everyone(), tracer: tracer)
    router.unary(TestingV1.TestingServiceMethods.echo) {
      (request: TestingV1.EchoRequest, context) in
      received.metadata.withLock { $0.append(context.metadata) }
      context.span?.recording?.set("seen", .text(request.text))
      if let next { return try await next.echo(request) }
      guard request.failCode == 0 else {
        throw RPCError(StatusCode(rawValue: Int(request.failCode)) ?? .unknown, "as asked")
      }
      return TestingV1.EchoResponse.with { $0.text = request.text }
    }
    let server = InProcessServer(router)
    return Service(received: received) { tracer in
      TestingV1.TestingServiceClient(
        server.channel(as: PeerIdentity(service: "gateway"), tracer: tracer))
    }
  }

  @Test func aChainOfCallsIsOneTrace() async throws {
    let last = serve(tracer: tracer("marketdata"))
    let first = serve(tracer: tracer("trading"), next: last.client(tracer("trading")))
    _ = try await first.client(tracer("gateway")).echo(.with { $0.text = "hello" })
    try await eventually { spans.all.count == 4 }
    let all = spans.all
    let names = ["Sent", "Recv"].map { "\($0).alphintra.testing.v1.TestingService.Echo" }
    #expect(Set(all.map(\.name)) == Set(names))
    #expect(Set(all.map(\.context.traceID)).count == 1)
    let called = try #require(all.first { $0.service == "gateway" })
    let answered = try #require(all.first { $0.service == "trading" && $0.kind == .server })
    let nested = try #require(all.first { $0.service == "trading" && $0.kind == .client })
    let end = try #require(all.first { $0.service == "marketdata" })
    #expect(called.parent == nil && called.kind == .client)
    #expect(answered.parent == called.context.spanID && answered.parentIsRemote)
    #expect(nested.parent == answered.context.spanID && !nested.parentIsRemote)
    #expect(end.parent == nested.context.spanID && end.parentIsRemote)
    for span in all {
      #expect(span.attributes.contains(SpanAttribute("rpc.system.name", "grpc")))
      #expect(
        span.attributes.contains(
          SpanAttribute("rpc.method", "alphintra.testing.v1.TestingService/Echo")))
      #expect(span.attributes.contains(SpanAttribute("rpc.response.status_code", "OK")))
      #expect(span.status == .unset)
    }
    #expect(answered.attributes.contains(SpanAttribute("peer.service", "gateway")))
    #expect(answered.attributes.contains(SpanAttribute("seen", "hello")))
    #expect(last.received.last["traceparent"] == nested.context.traceparent)
  }

  @Test func whatFailsIsSaidByWhoseFaultItIs() async throws {
    let service = serve(tracer: tracer("trading"))
    for code in [StatusCode.notFound, .internal] {
      await #expect(throws: RPCError.self) {
        try await service.client(tracer("gateway")).echo(
          .with { $0.failCode = Int32(code.rawValue) })
      }
    }
    try await eventually { spans.all.count == 4 }
    let (clients, servers) = (spans.of(.client), spans.of(.server))
    #expect(
      clients.map(\.status) == [.error("NOT_FOUND: as asked"), .error("INTERNAL: as asked")])
    // That something is not there is an answer; that a server is broken is none.
    #expect(servers.map(\.status) == [.unset, .error("INTERNAL: as asked")])
    #expect(
      servers.map { $0.attributes.contains(SpanAttribute("error.type", "INTERNAL")) }
        == [false, true])
  }

  @Test func whatIsNotRecordedIsPassedOnAsItCame() async throws {
    for (gateway, trading): (TraceSampling?, TraceSampling?) in [
      (nil, nil), (.standard, .standard), (nil, .standard),
    ] {
      let last = serve(tracer: nil)
      let first = serve(
        tracer: trading.map { tracer("trading", $0) },
        next: last.client(trading.map { tracer("trading", $0) }))
      _ = try await first.client(gateway.map { tracer("gateway", $0) }).echo(
        .with { $0.text = "x" },
        options: CallOptions(metadata: [
          "traceparent": .text("\(Self.sent)-00"), "tracestate": "a=1, b=2", "tracestate": "c=3",
        ]))
      #expect(first.received.last["traceparent"] == "\(Self.sent)-00")
      #expect(last.received.last["traceparent"] == "\(Self.sent)-00")
      #expect(last.received.last.values(named: "tracestate") == ["a=1,b=2,c=3"])
    }
    #expect(spans.all.isEmpty)
  }

  @Test func whoRecordsNothingAddsNothing() async throws {
    let last = serve(tracer: nil)
    let first = serve(tracer: nil, next: last.client(nil))
    _ = try await first.client(nil).echo(.with { $0.text = "x" })
    #expect(first.received.last.isEmpty && last.received.last.isEmpty)
    // A trace context that is none goes no further.
    _ = try await first.client(nil).echo(
      .with { $0.text = "x" }, options: CallOptions(metadata: ["traceparent": "nonsense"]))
    #expect(last.received.last.isEmpty)
  }

  @Test func oneDecidesForAll() async throws {
    let never = TraceSampling(ratio: 0)
    let last = serve(tracer: tracer("marketdata"))
    let first = serve(tracer: tracer("trading"), next: last.client(tracer("trading")))
    _ = try await first.client(tracer("gateway", never)).echo(.with { $0.text = "x" })
    let span = try #require(SpanContext(first.received.last))
    #expect(!span.isSampled)
    #expect(SpanContext(last.received.last) == span)
    #expect(spans.all.isEmpty)
    // Whom a stranger may not tell what to record decides alone.
    let alone = serve(tracer: tracer("edge", TraceSampling(followsParent: false, ratio: 0)))
    _ = try await alone.client(nil).echo(
      .with { $0.text = "x" },
      options: CallOptions(metadata: ["traceparent": .text("\(Self.sent)-01")]))
    #expect(spans.all.isEmpty)
  }

  @Test func theSpanOfATaskComesBeforeThatOfTheCall() async throws {
    let service = serve(tracer: tracer("trading"))
    let job = try #require(tracer("resumer").begin("resume", .internal, parent: nil).recording)
    try await ActiveSpan.$current.withValue(ActiveSpan(job)) {
      _ = try await service.client(nil).echo(.with { $0.text = "x" })
      _ = try await service.client(tracer("resumer")).echo(.with { $0.text = "x" })
    }
    try await eventually { spans.all.count == 3 }
    let servers = spans.of(.server)
    #expect(servers.first?.parent == job.context.spanID)
    #expect(spans.of(.client).map(\.parent) == [job.context.spanID])
    #expect(servers.last?.parent == spans.of(.client).first?.context.spanID)
    #expect(Set(spans.all.map(\.context.traceID)) == [job.context.traceID])
  }
}
