import Mesh
import Observability
import RPC
import TestSupport
import Testing

/// How many calls a replica gets at a time.
@Suite(.timeLimit(.minutes(5))) struct CallLimitTests {
  private let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  private func channel(
    to replicas: [Replica], limit: Int, _ metrics: MetricsRegistry? = nil,
    _ change: (inout ServiceConfig) -> Void = { _ in }
  ) async throws -> MeshChannel {
    try mesh.publish("trading", at: replicas.map(\.port))
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.serviceConfig.maximumCallsPerReplica = limit
      $0.metrics = metrics
      change(&$0.serviceConfig)
    }
    try await eventually {
      try await channel.echo("first")
      return channel.backends.count { $0.isConnected } == replicas.count
    }
    return channel
  }

  private func refused(_ metrics: MetricsRegistry) -> Int {
    metrics.counter(
      "grpc_client_calls_over_limit_total",
      "Calls that were not made because every replica had as many as it is given.",
      ["grpc_target": "trading"]
    ).value
  }

  @Test("of many at once each replica gets as many as the limit says; the others fail, unmade")
  func limit() async throws {
    let replicas = [try await Replica.start(mesh), try await Replica.start(mesh)]
    let metrics = MetricsRegistry()
    let channel = try await channel(to: replicas, limit: 8, metrics)
    let before = replicas.map(\.callCount)
    for replica in replicas { replica.manner = .holding }
    let errors = await withTaskGroup(of: RPCError?.self) { group in
      for number in 0..<200 {
        group.addTask {
          do throws(RPCError) {
            try await channel.echo("\(number)")
            return nil
          } catch { return error }
        }
      }
      var errors: [RPCError] = []
      while errors.count < 184, let error = await group.next() ?? nil { errors.append(error) }
      try? await eventually { replicas.allSatisfy { $0.underWay == 8 } }
      #expect(channel.backends.map(\.callCount) == [8, 8])
      group.cancelAll()
      for await case let error? in group { errors.append(error) }
      return errors
    }
    #expect(errors.count == 200)
    let refusals = errors.filter { $0.code == .resourceExhausted }
    #expect(refusals.count == 184)
    #expect(refusals.allSatisfy { $0.cause is ServiceNotReached })
    #expect(refusals.first?.errorInfo?.reason == "TOO_MANY_CALLS")
    #expect(refusals.first?.message == "trading has as many calls as it is given")
    #expect(refused(metrics) == 184)
    for (replica, before) in zip(replicas, before) {
      #expect(replica.mostUnderWay == 8)
      #expect(replica.callCount - before == 8)
    }
    // What ended makes room.
    for replica in replicas { replica.manner = .answering }
    try await eventually { channel.backends.allSatisfy { $0.callCount == 0 } }
    for number in 0..<50 { try await channel.echo("\(number)") }
    for replica in replicas { await replica.stop() }
  }

  @Test("a replica that is full is passed over")
  func slowReplica() async throws {
    let slow = try await Replica.start(mesh, name: "slow")
    let quick = try await Replica.start(mesh, name: "quick")
    let channel = try await channel(to: [slow, quick], limit: 3) { $0.balancing = .roundRobin }
    slow.manner = .holding
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<6 { group.addTask { try await channel.echo("\(number)") } }
      // The three that went to the other replica.
      for _ in 0..<3 { try await group.next() }
      try await eventually { slow.underWay == 3 }
      for number in 0..<200 { #expect(try await channel.echo("\(number)") == "quick") }
      group.cancelAll()
      while let result = await group.nextResult() {
        guard case .failure(let error) = result else { continue }
        #expect((error as? RPCError)?.code == .cancelled)
      }
    }
    #expect(slow.mostUnderWay == 3)
    for replica in [slow, quick] { await replica.stop() }
  }
}
