import Mesh
import RPC
import Synchronization
import TestSupport
import Testing

/// What retries add to the load of servers that fail or have too much to do, as the servers count it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RetryLoadTests {
  private let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  /// What a server may see of so many calls in a time: 1.2 times as many and ten a second, from the first.
  private func bound(_ calls: Int, in time: Duration) -> Double {
    1.2 * Double(calls) + 10 * (time / .seconds(1) + 1)
  }

  @Test("a backend that fails all the time sees 1.2 times its load and ten calls a second")
  func failing() async throws {
    let replica = try await Replica.start(mesh)
    try mesh.publish("trading", at: [replica.port])
    let channel = try mesh.channel(from: "gateway", to: "trading")
    let start = ContinuousClock.now
    try await channel.echo("first")
    replica.manner = .failing(RPCError(.unavailable, "not now"))
    let traffic = await Traffic.run("call", calls: 500) { id async throws(RPCError) in
      try await channel.echo(id)
    }
    let time = start.duration(to: .now)
    #expect(traffic.failures.count == 500)
    #expect(replica.callCount > 540)
    #expect(Double(replica.callCount) <= bound(501, in: time))
    print("failing: \(replica.callCount) calls of 501 in \(time)")
    await replica.stop()
  }

  @Test("so does one that resets every connection in the middle of responses")
  func resetting() async throws {
    let replica = try await Replica.start(mesh)
    let proxy = try await FaultProxy.start(to: replica.port)
    try mesh.publish("trading", at: [proxy.port])
    let channel = try mesh.channel(from: "gateway", to: "trading") { $0.minimumBackoff = .zero }
    let start = ContinuousClock.now
    try await channel.echo("first")
    try await Fault.resetting.strike(proxy)
    let traffic = await Traffic.run("call", calls: 200) { id async throws(RPCError) in
      try await channel.echo(id, responseSize: 4_000)
    }
    let time = start.duration(to: .now)
    #expect(proxy.connectionCount > 10)
    #expect(Double(replica.callCount) <= bound(201, in: time))
    print(
      "resetting: \(replica.callCount) calls of 201 over \(proxy.connectionCount) connections, "
        + "\(traffic.failures.count) failed")
    await replica.stop()
  }

  @Test("at twice what servers take, what they refuse is not sent again and again")
  func overload() async throws {
    let replicas = [try await Replica.start(mesh), try await Replica.start(mesh)]
    for replica in replicas { replica.manner = .limited(4, .milliseconds(50)) }
    try mesh.publish("trading", at: replicas.map(\.port))
    let channel = try mesh.channel(from: "gateway", to: "trading")
    let start = ContinuousClock.now
    let peak = await Traffic.run("peak", callers: 4, calls: 200) { id async throws(RPCError) in
      try await channel.echo(id)
    }
    #expect(peak.failures.isEmpty)
    // Sixteen callers for the eight that are answered at a time.
    let traffic = await Traffic.run("call", callers: 16, calls: 800) {
      id async throws(RPCError) in
      try await channel.echo(id)
    }
    let time = start.duration(to: .now)
    let seen = replicas.reduce(0) { $0 + $1.callCount }
    #expect(Double(seen) <= bound(1_000, in: time))
    // Some were refused.
    #expect(seen > 1_000)
    #expect(traffic.failures.allSatisfy { $0.failure?.code == .unavailable })
    // Nobody is an outlier where all are overloaded; both go on serving.
    #expect(channel.backends.allSatisfy { $0.isConnected })
    print(
      "overload: \(seen) calls of 1000 in \(time), \(traffic.failures.count) refused for good")
    for replica in replicas { await replica.stop() }
  }
}
