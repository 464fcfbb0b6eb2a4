import Mesh
import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing

/// Backends that are slow, reset connections, swallow what is sent to them or are gone, and everybody else.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FailingBackendTests {
  private let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  /// How many bytes an answer has, so that some of them are broken off in the middle.
  private static let responseSize = 1_000

  private func quickKeepalive(_ fault: Fault, _ configuration: inout MeshChannel.Configuration) {
    // A slow one answers pings as slowly as calls; it lives.
    guard fault != .slow else { return }
    configuration.keepaliveInterval = .milliseconds(300)
    configuration.keepaliveTimeout = .milliseconds(200)
    configuration.connectTimeout = .milliseconds(500)
  }

  @Test("calls to other services do not wait for it, nor fail", arguments: Fault.allCases)
  func otherRoutes(fault: Fault) async throws {
    let good = try await Replica.start(mesh, as: "marketdata")
    let bad = try await Replica.start(mesh, as: "trading")
    let proxy = try await FaultProxy.start(to: bad.port)
    try mesh.publish("marketdata", at: [good.port])
    try mesh.publish("trading", at: [proxy.port])
    let route = try mesh.channel(from: "gateway", to: "marketdata")
    let failing = try mesh.channel(from: "gateway", to: "trading")
    let (isOver, ended) = (Flag(), Count())
    async let background = Traffic.run(
      "bad", pause: .milliseconds(5), while: { _ in !isOver.isSet }
    ) { id async throws(RPCError) in
      defer { ended.add() }
      try await failing.echo(
        id, MeshChannel.once, responseSize: Self.responseSize, timeout: Fault.delay)
    }
    let call: @Sendable (String) async throws(RPCError) -> Void = { id async throws(RPCError) in
      try await route.echo(id, timeout: .seconds(60))
    }
    try await eventually { bad.callCount > 20 }
    let before = await Traffic.run("before", calls: 500, call)
    try await fault.strike(proxy)
    let endedBefore = ended.value
    let during = await Traffic.run("during", calls: 500, call)
    let endedDuring = ended.value - endedBefore
    isOver.set()
    let others = await background
    #expect(others.failures.count > 0)
    #expect(during.failures.isEmpty)
    #expect(good.server.connectionCount == 1)
    // Calls to what hangs end by their deadlines, eight in two seconds: had each of the others waited for the
    // end of one, there would be as many. No times: the machine may be busy with other things.
    if fault == .slow || fault == .halfOpen { #expect(endedDuring < during.calls.count / 2) }
    print(
      "\(fault): p99 of other routes \(before.percentile(99)) before, \(during.percentile(99)) "
        + "during, while \(endedDuring) calls to it ended")
    for replica in [good, bad] { await replica.stop() }
  }

  @Test("with one of three failing, calls that may be repeated succeed", arguments: Fault.allCases)
  func oneOfThree(fault: Fault) async throws {
    let (replicas, proxy) = try await threeReplicas()
    let channel = try mesh.channel(from: "gateway", to: "trading") { quickKeepalive(fault, &$0) }
    try await connect(channel)
    try await fault.strike(proxy)
    let before = replicas[2].callCount
    let traffic = await Traffic.run("call", calls: 600) { id async throws(RPCError) in
      try await channel.echo(id, responseSize: Self.responseSize)
    }
    #expect(traffic.failures.isEmpty, "\(traffic.failures.first?.failure.map { "\($0)" } ?? "")")
    // Those under way when it began, and a few that try whether it is still so: less than half its share.
    let sent = replicas[2].callCount - before
    #expect(sent < 100)
    print("\(fault): \(sent) of 600 calls reached the bad replica")
    for replica in replicas { await replica.stop() }
  }

  @Test("what may not be repeated has its effect once or not at all", arguments: Fault.allCases)
  func noDuplicates(fault: Fault) async throws {
    let (replicas, proxy) = try await threeReplicas()
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      quickKeepalive(fault, &$0)
      // All in turn, so that the bad one goes on being tried.
      $0.serviceConfig.balancing = .roundRobin
      $0.serviceConfig.outlierDetection = OutlierDetection()
    }
    try await connect(channel)
    try await fault.strike(proxy)
    let calls = fault == .slow ? 100 : 500
    let traffic = await Traffic.run("once", calls: calls) { id async throws(RPCError) in
      try await channel.echo(
        id, MeshChannel.once, responseSize: Self.responseSize, timeout: Fault.delay * 0.75)
    }
    let effects = effects(of: replicas)
    for call in traffic.calls {
      let count = effects[call.id, default: 0]
      if let failure = call.failure {
        #expect(count <= 1, "\(call.id) ended with \(failure)")
        #expect([.unavailable, .deadlineExceeded].contains(failure.code), "\(failure)")
      } else {
        #expect(count == 1, "\(call.id)")
      }
    }
    #expect(traffic.calls.count - traffic.failures.count >= calls / 2)
    // Each fault but that of an absent server leaves calls of which nobody can tell.
    if fault != .dead { #expect(!traffic.failures.isEmpty) }
    print("\(fault): \(traffic.failures.count) of \(calls) failed, none twice")
    for replica in replicas { await replica.stop() }
  }

  @Test("keepalive ends a call into a hole within its time and timeout, and not before")
  func halfOpen() async throws {
    let replica = try await Replica.start(mesh)
    let proxy = try await FaultProxy.start(to: replica.port)
    try mesh.publish("trading", at: [proxy.port])
    let (interval, timeout) = (Duration.seconds(10), Duration.milliseconds(500))
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.keepaliveInterval = interval
      $0.keepaliveTimeout = timeout
    }
    try await channel.echo("first")
    proxy.behaviour = .swallowing
    let start = ContinuousClock.now
    let error = await #expect(throws: RPCError.self) {
      try await channel.echo("lost", MeshChannel.once)
    }
    let time = start.duration(to: .now)
    #expect(error?.code == .unavailable)
    #expect(error?.cause.map { "\($0)" }?.contains("did not answer a ping") == true)
    #expect(time >= timeout)
    // Counted from when something came last. From a timer that ran then it would be two intervals; a busy
    // machine may be late by most of one.
    #expect(time < interval * 2)
    #expect(replica.effects["lost"] == nil)
    print("half-open: found after \(time)")
    await replica.stop()
  }

  // MARK: - Three replicas

  /// Three, the last of them behind a proxy; all are in the directory.
  private func threeReplicas() async throws -> ([Replica], FaultProxy) {
    var replicas: [Replica] = []
    for _ in 0..<3 { replicas.append(try await Replica.start(mesh)) }
    let proxy = try await FaultProxy.start(to: replicas[2].port)
    try mesh.publish("trading", at: [replicas[0].port, replicas[1].port, proxy.port])
    return (replicas, proxy)
  }

  private func connect(_ channel: MeshChannel) async throws {
    try await eventually {
      try await channel.echo("first")
      return channel.backends.count { $0.isConnected } == 3
    }
  }

  private func effects(of replicas: [Replica]) -> [String: Int] {
    replicas.reduce(into: [:]) { $0.merge($1.effects, uniquingKeysWith: +) }
  }
}

/// A number that grows.
final class Count: Sendable {
  private let number = Atomic(0)

  var value: Int { number.load(ordering: .relaxed) }
  func add() { number.add(1, ordering: .relaxed) }
}

/// Set once.
final class Flag: Sendable {
  private let value = Atomic(false)

  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}
