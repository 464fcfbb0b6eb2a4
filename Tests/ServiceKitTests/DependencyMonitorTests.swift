import StandardServices
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// A service says that it serves while what it cannot do without is there.
@Suite(.timeLimit(.minutes(5))) struct DependencyMonitorTests {
  private struct Away: Error {}

  private func monitor(
    _ dependencies: [ServiceDependency], _ health: ServerHealth
  ) -> DependencyMonitor {
    DependencyMonitor(
      dependencies: dependencies, health: health, logger: .quiet, interval: .milliseconds(1),
      answerLimit: .milliseconds(50))
  }

  @Test func followsItsDependencies() async throws {
    let health = ServerHealth(services: ["a"])
    let isAway = Atomic(true)
    let monitor = monitor(
      [
        ServiceDependency("there") {},
        ServiceDependency("away") { if isAway.load(ordering: .relaxed) { throw Away() } },
      ], health)
    try await withBackground {
      await monitor.run()
    } body: {
      var changes = health.changes(of: "a").makeAsyncIterator()
      #expect(await changes.next() == .notServing)
      isAway.store(false, ordering: .relaxed)
      try await eventually { health.status(of: "a") == .serving }
      isAway.store(true, ordering: .relaxed)
      try await eventually { health.status(of: "a") == .notServing }
    }
  }

  @Test("what does not answer is away")
  func silence() async throws {
    let health = ServerHealth(services: ["a"])
    let asked = Atomic(0)
    let monitor = monitor(
      [
        ServiceDependency("silent") {
          guard asked.add(1, ordering: .relaxed).newValue > 1 else { return }
          try await Task.sleep(for: .seconds(600))
        }
      ], health)
    try await withBackground {
      await monitor.run()
    } body: {
      try await eventually { health.status(of: "a") == .serving }
      try await eventually { health.status(of: "a") == .notServing }
    }
  }

  @Test func withoutDependenciesItServes() async {
    let health = ServerHealth(services: ["a"])
    await monitor([], health).run()
    #expect(health.status(of: "a") == .serving)
  }
}
