import Observability
import TestSupport
import Testing

@testable import RPC

/// What a limiter lets through, refuses and counts.
@Suite(.timeLimit(.minutes(1))) struct ConcurrencyLimiterTests {
  private func context(
    _ criticality: Criticality, service: String = "test.Service"
  ) -> ServerContext {
    ServerContext(
      method: MethodDescriptor(
        service: service, method: "Act", kind: .unary,
        access: AccessRule(callers: .anyone, user: .none), criticality: criticality))
  }

  @Test("what is refused is counted by criticality and reason, and told when to come again")
  func refusals() async throws {
    let metrics = MetricsRegistry()
    let limiter = ConcurrencyLimiter(
      ConcurrencyLimits(calls: 1, waitingCalls: 0), metrics: metrics, service: "trading")
    try await limiter.intercept(context(.sheddable)) { _ in
      for criticality in [Criticality.sheddable, .sheddable, .criticalPlus] {
        let refusal = await #expect(throws: RPCError.self) {
          try await limiter.intercept(context(criticality)) { _ in
            Issue.record("there is no room")
          }
        }
        #expect(refusal?.code == .resourceExhausted)
        #expect(refusal?.pushback != .never && refusal?.pushback != nil)
      }
    }
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
    // The place is free again, after a failure, too.
    await #expect(throws: CancellationError.self) {
      try await limiter.intercept(context(.critical)) { _ in throw CancellationError() }
    }
    #expect(try await limiter.intercept(context(.critical)) { _ in 7 } == 7)
    #expect(limiter.statistics.callsAtWork == 0)
  }

  @Test("the calls of an exempt service are not its business")
  func exemption() {
    let limiter = ConcurrencyLimiter(
      ConcurrencyLimits(calls: 1), exempting: ["grpc.health.v1.Health"])
    #expect(!limiter.intercepts(context(.sheddable, service: "grpc.health.v1.Health").method))
    #expect(limiter.intercepts(context(.criticalPlus).method))
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
