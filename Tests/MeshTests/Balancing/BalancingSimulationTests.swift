import Core
import RPC
import Testing

@testable import Mesh

/// Servers of different speed under many calls, on a clock of the test's.
@Suite struct BalancingSimulationTests {
  private struct Server {
    var subchannel = Subchannel(ServiceAddress(host: "h", port: 1))
    /// How long it takes to answer at a time.
    var latency: (Double) -> Double
    /// What it answers then.
    var failure: (Double) -> RPCError? = { _ in nil }
    var calls = 0
    var failures = 0
  }

  /// Makes calls at a steady pace and returns what became of them.
  ///
  /// - Parameters:
  ///   - rate: Calls a second.
  ///   - fresh: Whether nothing is known of the servers yet.
  private func run(
    _ servers: [Server], policy: BalancingPolicy = .powerOfTwoChoices, seconds: Double = 10,
    rate: Double = 500, kind: CallKind = .unary, fresh: Bool = true
  ) -> [Server] {
    var servers = servers
    if fresh {
      for index in servers.indices {
        servers[index].subchannel = Subchannel(ServiceAddress(host: "h", port: 1))
      }
    }
    var random = SplitMix64(seed: 1)
    var underWay: [(end: Double, server: Int, begin: Double)] = []
    let origin = ContinuousClock.now
    for turn in 0..<Int(seconds * rate) {
      let now = Double(turn) / rate
      for call in underWay.filter({ $0.end <= now }).sorted(by: { $0.end < $1.end }) {
        let failure = servers[call.server].failure(call.begin)
        if failure != nil { servers[call.server].failures += 1 }
        servers[call.server].subchannel.callEnded(
          kind, failure, isServers: true, after: .seconds(call.end - call.begin),
          at: origin + .seconds(call.end))
      }
      underWay.removeAll { $0.end <= now }
      let time = MillisecondClock.time(of: origin + .seconds(now))
      let index = policy.choose(
        of: servers.count, turn: turn, random: &random, isFull: { _ in false },
        load: { servers[$0].subchannel.load(for: kind, at: time) })
      guard let index else { continue }
      servers[index].calls += 1
      servers[index].subchannel.callBegan(kind)
      underWay.append((now + servers[index].latency(now), index, now))
    }
    return servers
  }

  private func steady(_ latency: Double) -> Server { Server(latency: { _ in latency }) }

  @Test func equalServersGetEqualShares() {
    let servers = run((0..<4).map { _ in steady(0.010) })
    for server in servers { #expect((1_000...1_500).contains(server.calls)) }
  }

  /// A tenth of the speed: far less than its share, where round robin gives it a third.
  @Test func slowServerGetsLittle() {
    let servers = [steady(0.010), steady(0.010), steady(0.100)]
    #expect(run(servers)[2].calls < 5_000 / 30)
    #expect(run(servers, policy: .roundRobin)[2].calls >= 1_666)
  }

  @Test func serverThatBecomesSlowIsLeftAndComesBack() {
    var changing = steady(0.010)
    changing.latency = { (5..<10).contains($0) ? 0.500 : 0.010 }
    let during = run([steady(0.010), steady(0.010), changing], seconds: 10)[2].calls
    let before = run([steady(0.010), steady(0.010), changing], seconds: 5)[2].calls
    let after = run([steady(0.010), steady(0.010), changing], seconds: 60)[2].calls
    #expect(before > 600)
    // What was sent before the first slow answer came back, and little more.
    #expect(during - before < 200)
    // Of the fifty seconds that follow, it gets its share of at least the last fifteen.
    #expect(after - during > 15 * 125)
  }

  @Test(arguments: [StatusCode.unavailable, .resourceExhausted])
  func serverThatFailsFastGetsNoMoreForIt(code: StatusCode) {
    var failing = steady(0.000_5)
    failing.failure = { _ in RPCError(code, "no") }
    let servers = run([steady(0.010), steady(0.010), failing])
    #expect(servers[2].failures < 20)
    #expect(servers[0].calls > 2_000 && servers[1].calls > 2_000)
    // Another failure is an answer: the request was wrong, not the server.
    failing.failure = { _ in RPCError(.notFound, "no") }
    #expect(run([steady(0.010), steady(0.010), failing])[2].calls > 1_600)
  }

  @Test func serverThatNeverAnswersGetsNoMoreUntilItDoes() {
    let dead = steady(.infinity)
    // The first ones, while nobody has answered yet.
    #expect(run([steady(0.010), steady(0.010), dead])[2].calls <= 3)
  }

  @Test func streamsGoWhereThereAreFewer() {
    // They last, whatever a server's speed is.
    var servers = run(
      (0..<3).map { _ in steady(.infinity) }, seconds: 1, rate: 300, kind: .serverStreaming)
    for server in servers { #expect(abs(server.calls - 100) <= 3) }
    // A new replica is filled up, and unary calls do not all follow to where the streams are few.
    servers[0] = steady(.infinity)
    servers = run(servers, seconds: 1, rate: 90, kind: .serverStreaming, fresh: false)
    #expect(servers[0].calls > 55)
    for index in servers.indices {
      servers[index].latency = { _ in 0.010 }
      servers[index].calls = 0
    }
    servers = run(servers, fresh: false)
    for server in servers { #expect((1_200...2_300).contains(server.calls)) }
  }

  @Test func callThatIsGivenUpCountsAsSlow() {
    let subchannel = Subchannel(ServiceAddress(host: "h", port: 1))
    let now = ContinuousClock.now
    let time = MillisecondClock.time(of: now)
    for code in [StatusCode.deadlineExceeded, .cancelled] {
      subchannel.callBegan(.unary)
      subchannel.callEnded(
        .unary, RPCError(code, "given up"), isServers: false, after: .milliseconds(300), at: now)
      #expect(abs(subchannel.load(for: .unary, at: time) - 300) < 0.1)
      #expect(subchannel.callCount == 0)
    }
  }

  /// A message that is too large is refused by this side: the server is not to blame.
  @Test func whatThisSideRefusesIsNoPenalty() {
    let subchannel = Subchannel(ServiceAddress(host: "h", port: 1))
    let now = ContinuousClock.now
    subchannel.callBegan(.unary)
    subchannel.callEnded(
      .unary, RPCError(.resourceExhausted, "too large"), isServers: false,
      after: .milliseconds(3), at: now)
    #expect(subchannel.load(for: .unary, at: MillisecondClock.time(of: now)) < 4)
  }
}
