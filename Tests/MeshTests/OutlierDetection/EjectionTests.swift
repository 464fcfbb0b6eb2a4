import Mesh
import Observability
import RPC
import TestSupport
import Testing

/// Replicas that fail, over real connections.
@Suite(.timeLimit(.minutes(5))) struct EjectionTests {
  private let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  private static let unavailable = RPCError(.unavailable, "not now")

  /// A channel to both, with a connection to each.
  private func channel(
    to replicas: [Replica], _ metrics: MetricsRegistry? = nil,
    _ change: (inout OutlierDetection) -> Void = { _ in }
  ) async throws -> MeshChannel {
    try mesh.publish("trading", at: replicas.map(\.port))
    var detection = OutlierDetection.standard
    change(&detection)
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.serviceConfig.balancing = .roundRobin
      $0.serviceConfig.outlierDetection = detection
      $0.metrics = metrics
    }
    try await eventually {
      _ = try await channel.echo("first")
      return channel.backends.count { $0.isConnected } == replicas.count
    }
    return channel
  }

  private func failures(_ channel: MeshChannel, calls: Int) async -> Int {
    var failures = 0
    for number in 0..<calls {
      do throws(RPCError) { try await channel.echo("\(number)", MeshChannel.once) } catch {
        #expect(error.code == .unavailable)
        failures += 1
      }
    }
    return failures
  }

  private func ejections(_ metrics: MetricsRegistry, _ method: String) -> Int {
    metrics.counter(
      "grpc_lb_outlier_detection_ejections_enforced_total", "Replicas that were ejected.",
      ["grpc_target": "trading", "grpc_lb_outlier_detection_detection_method": method]
    ).value
  }

  @Test("a replica that fails five times in a row gets no more calls, and is counted")
  func ejection() async throws {
    let one = try await Replica.start(mesh, name: "one")
    let two = try await Replica.start(mesh, name: "two")
    let metrics = MetricsRegistry()
    // Longer than the test, however busy the machine is.
    let channel = try await channel(to: [one, two], metrics) {
      $0.baseEjectionTime = .seconds(3_600)
    }
    two.manner = .failing(Self.unavailable)
    #expect(await failures(channel, calls: 500) == 5)
    #expect(ejections(metrics, "consecutive_failures") == 1)
    #expect(ejections(metrics, "success_rate") == 0)
    #expect(Set(channel.backends.filter(\.isEjected).map(\.address.port)) == [two.port])
    // Its connection stays.
    #expect(channel.backends.allSatisfy { $0.isConnected })
    // When the only other one is gone, it is better than nothing.
    two.manner = .answering
    await one.stop(grace: .seconds(60))
    #expect(try await channel.echo("last") == "two")
    await two.stop()
  }

  @Test("without outlier detection it gets its share")
  func off() async throws {
    let one = try await Replica.start(mesh)
    let two = try await Replica.start(mesh)
    let channel = try await channel(to: [one, two]) { $0 = OutlierDetection() }
    two.manner = .failing(Self.unavailable)
    #expect(await failures(channel, calls: 100) == 50)
    for replica in [one, two] { await replica.stop() }
  }

  @Test("where all fail none is ejected: every call is tried")
  func outage() async throws {
    let one = try await Replica.start(mesh)
    let two = try await Replica.start(mesh)
    let metrics = MetricsRegistry()
    let channel = try await channel(to: [one, two], metrics)
    for replica in [one, two] { replica.manner = .failing(Self.unavailable) }
    let before = (one.callCount, two.callCount)
    #expect(await failures(channel, calls: 100) == 100)
    #expect(one.callCount - before.0 == 50 && two.callCount - before.1 == 50)
    #expect(ejections(metrics, "consecutive_failures") == 0)
    for replica in [one, two] { await replica.stop() }
  }

  @Test("what was ejected is tried again, and stays when it serves")
  func recovery() async throws {
    let one = try await Replica.start(mesh, name: "one")
    let two = try await Replica.start(mesh, name: "two")
    let channel = try await channel(to: [one, two]) {
      $0.interval = .milliseconds(20)
      $0.baseEjectionTime = .milliseconds(50)
    }
    two.manner = .failing(Self.unavailable)
    try await eventually {
      _ = try? await channel.echo("x", MeshChannel.once)
      return channel.backends.contains { $0.isEjected }
    }
    two.manner = .answering
    try await eventually { try await channel.echo("y") == "two" }
    var answers: [String: Int] = [:]
    for number in 0..<50 { answers[try await channel.echo("\(number)"), default: 0] += 1 }
    #expect(answers == ["one": 25, "two": 25])
    for replica in [one, two] { await replica.stop() }
  }

  @Test("a server that drains or sheds load is not ejected")
  func busy() async throws {
    let one = try await Replica.start(mesh)
    let two = try await Replica.start(mesh)
    let metrics = MetricsRegistry()
    let channel = try await channel(to: [one, two], metrics)
    for manner in [
      RPCError(.resourceExhausted, "too much"),
      RPCError(.unavailable, "not now", pushback: .never),
    ] {
      two.manner = .failing(manner)
      let before = two.callCount
      for number in 0..<40 { _ = try? await channel.echo("\(number)", MeshChannel.once) }
      #expect(two.callCount - before == 20)
    }
    #expect(ejections(metrics, "consecutive_failures") == 0)
    for replica in [one, two] { await replica.stop() }
  }
}
