import Observability
import TestSupport
import Testing

@testable import RPC

/// What a limiter lets through, refuses and counts.
@Suite(.timeLimit(.minutes(5))) struct ConcurrencyLimiterTests {
  private struct Everyone: AccessController {
    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? { nil }
  }

  private func call(
    _ criticality: Criticality, service: String = "test.Service"
  ) -> ServerCall {
    ServerContext(
      method: MethodDescriptor(
        service: service, method: "Act", kind: .unary,
        access: AccessRule(callers: .anyone, user: .none), criticality: criticality)
    ).call
  }

  @Test("what is refused is counted by criticality and reason, and told when to come again")
  func refusals() async throws {
    let metrics = MetricsRegistry()
    let limiter = ConcurrencyLimiter(
      ConcurrencyLimits(calls: 1, waitingCalls: 0), metrics: metrics, service: "trading")
    let first = call(.sheddable)
    let place = try #require(limiter.placeNow(for: first))
    for criticality in [Criticality.sheddable, .sheddable, .criticalPlus] {
      #expect(limiter.placeNow(for: call(criticality)) == nil)
      let refusal = await #expect(throws: RPCError.self) {
        _ = try await limiter.admit(call(criticality))
      }
      #expect(refusal?.code == .resourceExhausted)
      #expect(refusal?.pushback != .never && refusal?.pushback != nil)
    }
    #expect(limiter.statistics.callsAtWork == 1)
    limiter.giveBack(place, of: first, succeeded: true)
    let text = await metrics.prometheusText()
    func count(_ criticality: String) -> Int? {
      let labels = "criticality=\"\(criticality)\",reason=\"queue_full\",service=\"trading\""
      let line = text.split(separator: "\n")
        .first { $0.hasPrefix("grpc_server_calls_shed_total{\(labels)} ") }
      return line?.split(separator: " ").last.flatMap { Int($0) }
    }
    #expect(count("sheddable") == 2)
    #expect(count("critical_plus") == 1)
    #expect(count("critical") == 0)
    #expect(limiter.statistics.callsAtWork == 0)
    #expect(limiter.placeNow(for: call(.critical)) != nil)
  }

  @Test("a place is free again after its call, however that ended")
  func placesAreGivenBack() async throws {
    let limiter = ConcurrencyLimiter(ConcurrencyLimits(calls: 1, waitingCalls: 0))
    let router = RPCRouter(
      services: [TestingServiceImplementation()], accessController: Everyone(), limiter: limiter)
    let method = try #require(router.method(path: "/alphintra.testing.v1.TestingService/Echo"))
    // Empty, not a message at all, and empty again.
    for (request, succeeds) in [([], true), ([0xff], false), ([], true)] as [([UInt8], Bool)] {
      let call = ServerCall(method, metadata: [:], peer: nil, deadline: nil)
      let answer = await router.serveUnary(call, request: request)
      #expect(((try? answer.get()) != nil) == succeeds)
      #expect(limiter.statistics.callsAtWork == 0)
    }
  }

  @Test("the calls of an exempt service are not its business")
  func exemption() {
    let limiter = ConcurrencyLimiter(
      ConcurrencyLimits(calls: 1), exempting: ["grpc.health.v1.Health"])
    let health = call(.sheddable, service: "grpc.health.v1.Health").registered.descriptor
    #expect(!limiter.limits(health))
    #expect(limiter.limits(call(.criticalPlus).registered.descriptor))
  }

  @Test(
    "of streams the less critical get a part",
    arguments: [
      (Criticality.sheddable, 7), (.sheddablePlus, 8), (.critical, 9), (.criticalPlus, 10),
    ])
  func streams(criticality: Criticality, expected: Int) {
    var gate = AdmissionGate<Int>(ConcurrencyLimits(streams: 10))
    var admitted = 0
    while gate.admitStream(criticality) { admitted += 1 }
    #expect(admitted == expected)
    gate.streamEnded()
    let isAdmitted = gate.admitStream(criticality)
    #expect(isAdmitted)
  }
}
