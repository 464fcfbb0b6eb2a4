import Foundation
import Mesh
import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing

/// Replicas that are drained and replaced in turn, while calls are made all the time.
@Suite(.timeLimit(.minutes(30))) struct RollingRestartTests {
  let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  /// Whether what replaces a replica comes up before that one is told to go, or after it has gone.
  enum Order: CaseIterable, Sendable { case newFirst, oldFirst }

  @Test("not one call fails", arguments: Order.allCases)
  func rollingRestart(order: Order) async throws {
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.resolutionInterval = .milliseconds(50)
    }
    let replicas = Replicas(mesh)
    for _ in 0..<3 { try await replicas.add() }
    let load = Load(channel)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 { group.addTask { await load.run() } }
      while !load.isDone || replicas.restarts < 3 {
        if order == .newFirst { try await replicas.add() }
        await replicas.removeOldest()
        if order == .oldFirst { try await replicas.add() }
      }
      try await group.waitForAll()
    }
    #expect(load.failures == [])
    print(
      "\(order): \(load.count) calls, \(load.failures.count) failed, \(replicas.restarts) restarts")
    channel.close()
    await replicas.removeAll()
  }
}

/// Calls, one after the other by each of several callers.
private final class Load: Sendable {
  /// How many: `RESTART_CALLS`, or as many as fit in with the other tests.
  let count =
    ProcessInfo.processInfo.environment["RESTART_CALLS"].flatMap { Int($0) } ?? 5_000
  private let channel: MeshChannel
  private let begun = Atomic(0)
  private let failed = Mutex<[String]>([])

  init(_ channel: MeshChannel) { self.channel = channel }

  var isDone: Bool { begun.load(ordering: .relaxed) >= count }
  var failures: [String] { failed.withLock { $0 } }

  /// Calls until all have been made.
  func run() async {
    while begun.add(1, ordering: .relaxed).newValue <= count {
      do throws(RPCError) { _ = try await channel.whoAmI() } catch {
        failed.withLock { $0.append("\(error)") }
      }
    }
  }
}

/// The replicas of a service, as a fleet's controller sees them.
private final class Replicas: Sendable {
  private let mesh: MeshFixture
  private let state = Mutex<(servers: [RPCServer], removed: Int)>(([], 0))

  init(_ mesh: MeshFixture) { self.mesh = mesh }

  /// How many have been taken away.
  var restarts: Int { state.withLock { $0.removed } }

  /// One more, which is in the directory when it answers.
  func add() async throws {
    let server = try await mesh.serve(as: "trading")
    let ports = state.withLock { state in
      state.servers.append(server)
      return state.servers.map(\.port)
    }
    try mesh.publish("trading", at: ports)
  }

  /// One fewer: out of the directory first, and drained then.
  func removeOldest() async {
    let (server, ports) = state.withLock { state in
      state.removed += 1
      return (state.servers.removeFirst(), state.servers.map(\.port))
    }
    if !ports.isEmpty { try? mesh.publish("trading", at: ports) }
    await server.stop(grace: .seconds(60))
  }

  /// The end of the test.
  func removeAll() async {
    while state.withLock({ !$0.servers.isEmpty }) { await removeOldest() }
  }
}
