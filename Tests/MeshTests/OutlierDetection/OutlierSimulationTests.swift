import Core
import RPC
import Testing

@testable import Mesh

/// Servers that fail, under many calls that are balanced over those that are left, on a clock of the
/// test's.
@Suite struct OutlierSimulationTests {
  /// How often a server's calls fail at a second, of one.
  private typealias Failing = (Double) -> Double

  private struct Outcome {
    var calls: [Int]
    var failures: [Int]
    /// When the first was ejected, and who.
    var ejections: [(second: Double, server: Int)] = []
  }

  /// Makes calls in turn at a steady pace; each is answered before the next.
  private func run(
    _ servers: [Failing], _ settings: OutlierDetection = .standard, seconds: Double = 60,
    rate: Double = 500
  ) -> Outcome {
    var random = SplitMix64(seed: 7)
    let origin = ContinuousClock.now
    let due = DueTime(at: origin)
    let watch = OutlierWatch(settings, due)
    var outliers = Outliers(settings, at: origin)
    let subchannels = servers.indices.map {
      Subchannel(ServiceAddress(host: "h", port: $0 + 1), outliers: watch)
    }
    var outcome = Outcome(calls: servers.map { _ in 0 }, failures: servers.map { _ in 0 })
    for turn in 0..<Int(seconds * rate) {
      let second = Double(turn) / rate
      let now = origin + .seconds(second)
      let isUrgent = due.takeUrgency()
      let replicas = subchannels.map { (subchannel: $0, isConnected: true) }
      for case .ejected(let address, _, _) in outliers.look(
        at: replicas, isUrgent: isUrgent, at: now)
      {
        outcome.ejections.append((second, (address.port ?? 0) - 1))
      }
      let inliers = subchannels.indices.filter { !outliers.contains(subchannels[$0]) }
      let server = inliers[turn % inliers.count]
      let fails = Double(random.next(in: 0...999_999)) / 1e6 < servers[server](second)
      outcome.calls[server] += 1
      if fails { outcome.failures[server] += 1 }
      subchannels[server].callBegan(.unary)
      subchannels[server].callEnded(
        .unary, fails ? RPCError(.unavailable, "no") : nil, isServers: true,
        after: .milliseconds(1), at: now)
    }
    return outcome
  }

  private func steady(_ failing: Double) -> Failing { { _ in failing } }

  @Test("one of two that fails all the time gets five calls, and five more each time it is tried")
  func deadServer() {
    let outcome = run([steady(0), steady(1)], seconds: 300)
    // After 30, 60, 90 and 120 seconds, each as far as the next sweep, it is tried again.
    #expect(outcome.ejections.map(\.server) == [1, 1, 1, 1])
    #expect(outcome.failures == [0, 20])
    #expect(outcome.calls[0] == 150_000 - 20)
  }

  @Test("when all fail, none is ejected, and load stays spread")
  func outage() {
    let outcome = run([steady(1), steady(1), steady(1)])
    #expect(outcome.ejections.isEmpty)
    #expect(outcome.calls == [10_000, 10_000, 10_000])
    let alike = run([steady(0.9), steady(0.9)])
    #expect(alike.calls.min() ?? 0 > 0)
  }

  @Test("a server that recovers gets its share again")
  func recovery() {
    let failing: Failing = { (10..<20).contains($0) ? 1 : 0 }
    let outcome = run([steady(0), steady(0), failing], seconds: 120)
    #expect(outcome.ejections.count == 1)
    #expect(outcome.failures == [0, 0, 5])
    // Of 60,000 calls a third, but for the forty seconds at most that it was away, and a sweep.
    #expect(outcome.calls[2] > 60_000 / 3 - 45 * 500 / 3)
  }

  @Test("one of six that fails now and then is found by comparison only")
  func flakyServer() {
    let flaky = [0.001, 0.001, 0.001, 0.001, 0.001, 0.3].map(steady)
    var settings = OutlierDetection.standard
    settings.consecutiveFailures = nil
    let outcome = run(flaky, settings)
    #expect(outcome.ejections.allSatisfy { $0.server == 5 })
    #expect((1...2).contains(outcome.ejections.count))
    // After the first ten seconds, in which 833 calls went there.
    #expect(outcome.calls[5] < 2_000)
    settings.successRate = nil
    #expect(run(flaky, settings).ejections.isEmpty)
  }

  @Test("a tenth that fails for all does not empty the service")
  func alike() {
    let outcome = run((0..<6).map { _ in steady(0.1) })
    for calls in outcome.calls { #expect(calls > 1_500) }
  }
}
