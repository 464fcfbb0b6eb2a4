import DevPlatform
import EdgeClient
import Foundation
import MarketDataContract
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

/// The repository's own manifests, executed: pods are killed, hung, rolled and scaled.
@Suite(.timeLimit(.minutes(10))) struct LocalClusterTests {
  /// A copy of the manifests that a test may change, with as few pods as show what is to be shown.
  private struct Copy {
    let folder: TemporaryFolder
    var path: String { "\(folder.path)/kubernetes" }

    init() throws {
      folder = try TemporaryFolder()
      try FileManager.default.copyItem(
        atPath: "\(PythonPeer.repository)/deploy/kubernetes", toPath: path)
      for service in ["auth", "marketdata", "trading", "asset", "broker"] {
        try edit("base/\(service)-service.yaml") {
          $0.replacing(/replicas: \d+\n/, with: "replicas: 1\n", maxReplacements: 1)
        }
      }
      // A pod that hangs is found out within seconds, and not waited for.
      try edit("base/marketdata-service.yaml") {
        $0.replacing("periodSeconds: 10", with: "periodSeconds: 1")
          .replacing("terminationGracePeriodSeconds: 45", with: "terminationGracePeriodSeconds: 2")
      }
    }

    func edit(_ file: String, _ change: (String) -> String) throws {
      let file = "\(path)/\(file)"
      let before = try String(contentsOfFile: file, encoding: .utf8)
      let after = change(before)
      try #require(after != before, "\(file) is not changed")
      try after.write(toFile: file, atomically: true, encoding: .utf8)
    }
  }

  /// Requests of a client that never stops, and what became of them.
  private final class Traffic: Sendable {
    private let counts = Mutex<(good: Int, failures: [String])>((0, []))
    var good: Int { counts.withLock { $0.good } }
    var failures: [String] { counts.withLock { $0.failures } }

    func run(_ edge: EdgeClient) async {
      while !Task.isCancelled {
        do {
          let response = try await edge.send(.GET, "/api/market-data/symbols")
          counts.withLock {
            if response.status == 200 {
              $0.good += 1
            } else {
              $0.failures.append("\(response.status) \(response.text)")
            }
          }
        } catch {
          if !Task.isCancelled { counts.withLock { $0.failures.append("\(error)") } }
        }
        // Well below what the edge lets one address ask for in a minute.
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  @Test func podsAreKilledHungRolledAndScaled() async throws {
    let copy = try Copy()
    let folder = try TemporaryFolder()
    var options = LocalCluster.Options(manifests: copy.path, folder: folder.path)
    options.isTemporary = true
    options.programsFolder = Program.folder
    let notes = Mutex<[String]>([])
    options.progress = { progress in notes.withLock { $0.append("\(progress)") } }
    let cluster: LocalCluster
    do {
      cluster = try await LocalCluster.start(options)
    } catch {
      Issue.record("\(error)\n\(notes.withLock { $0.joined(separator: "\n") })")
      return
    }
    do {
      try await check(cluster, copy)
    } catch {
      Issue.record("\(error)\n\(notes.withLock { $0.joined(separator: "\n") })")
    }
    let processes = await cluster.view.compactMap { cluster.processID(of: $0.name) }
    await cluster.stop()
    #expect(!processes.isEmpty && !processes.contains(where: ChildProcesses.isRunning))
  }

  private func check(_ cluster: LocalCluster, _ copy: Copy) async throws {
    let port = try #require(await cluster.port(of: "gateway"))
    let client = try PlatformClient(port: port, authorityPath: cluster.authorityPath)
    // Pods start side by side: for a moment more, a gateway may take a service that began later for one that is away.
    #expect(try await client.instruments(pageSize: 100).contains { $0.symbol == "AAPL" })
    // A Job has made the operator, whose password no manifest holds.
    let seeded = try cluster.operator()
    _ = try await seeded.logIn(client)
    #expect(try Self.manifestsHold(seeded.password, copy) == false)
    // Both pods of the gateway have the same port, at addresses of their own.
    let gateways = await cluster.view.filter { $0.deployment == "gateway" }
    #expect(gateways.count == 2 && Set(gateways.map(\.address)).count == 2)

    // A pod whose process dies is the same pod with another process.
    let trading = try #require(await pod(of: "trading-service", cluster))
    let process = try #require(cluster.processID(of: trading.name))
    kill(process, SIGKILL)
    try await settled(cluster) { pods in
      pods.contains { $0.name == trading.name && $0.restarts == 1 && $0.isReady }
    }
    #expect(cluster.processID(of: trading.name) != process)

    // One that hangs is found out by its liveness probe.
    let hung = try #require(await pod(of: "marketdata-service", cluster))
    kill(try #require(cluster.processID(of: hung.name)), SIGSTOP)
    try await settled(cluster) { pods in
      pods.contains { $0.name == hung.name && $0.restarts == 1 && $0.isReady }
    }

    // A change rolls through: new pods first, and no request fails.
    let traffic = Traffic()
    let load = Task { await traffic.run(client.edge) }
    try await eventually { traffic.good > 5 }
    try copy.edit("base/platform.yaml") {
      $0.replacing("LOG_FORMAT: json", with: "LOG_FORMAT: text")
    }
    let before = Set(await cluster.view.map(\.name))
    try await cluster.apply()
    try await settled(cluster) { pods in
      pods.allSatisfy { $0.isReady && $0.isCurrent && !before.contains($0.name) }
    }
    let during = traffic.good
    try await eventually { traffic.good > during + 20 }
    load.cancel()
    await load.value
    #expect(traffic.failures == [], "of \(traffic.good) requests")

    // More, and fewer.
    for replicas in [2, 1] {
      try copy.edit("base/auth-service.yaml") {
        $0.replacing(
          /replicas: \d+\n/, with: "replicas: \(replicas)\n", maxReplacements: 1)
      }
      try await cluster.apply()
      try await settled(cluster) { pods in
        pods.count { $0.deployment == "auth-service" && $0.isReady } == replicas
      }
    }

    // What cannot be run changes nothing.
    let running = await cluster.view
    try copy.edit("base/auth-service.yaml") {
      $0.replacing("name: auth-db-credentials", with: "name: no-such-secret")
    }
    await #expect {
      try await cluster.apply()
    } throws: {
      "\($0)".contains("there is no Secret no-such-secret")
    }
    #expect(await cluster.view == running)
  }

  private static func manifestsHold(_ text: String, _ copy: Copy) throws -> Bool {
    let files = FileManager.default.enumerator(atPath: copy.path)?.allObjects as? [String] ?? []
    for file in files where file.hasSuffix(".yaml") {
      let manifest = try String(contentsOfFile: "\(copy.path)/\(file)", encoding: .utf8)
      if manifest.contains(text) { return true }
    }
    return false
  }

  private func pod(of deployment: String, _ cluster: LocalCluster) async -> LocalCluster.PodView? {
    await cluster.view.first { $0.deployment == deployment }
  }

  /// Waits until the pods are as wanted and none is missing.
  private func settled(
    _ cluster: LocalCluster, _ isWanted: ([LocalCluster.PodView]) -> Bool
  ) async throws {
    try await eventually(within: .seconds(180)) { isWanted(await cluster.view) }
    try await cluster.waitUntilSettled()
  }
}
