import Logging
import StandardServices

/// Asks what a service depends on whether it is there, and says of the service that it serves or not.
struct DependencyMonitor: Sendable {
  let dependencies: [ServiceDependency]
  let health: ServerHealth
  let logger: Logger

  /// How long between two rounds of questions.
  var interval: Duration = .seconds(5)
  /// How long a dependency may take to answer.
  ///
  /// Longer than a busy machine takes: what is only slow is there.
  var answerLimit: Duration = .seconds(5)

  /// Asks until the task is cancelled; the first answers come at once.
  func run() async {
    guard !dependencies.isEmpty else { return health.set(.serving) }
    var away: Set<String> = []
    while !Task.isCancelled {
      let now = await unreached()
      if Task.isCancelled { return }
      for name in now.subtracting(away).sorted() {
        logger.warning("a dependency is away", metadata: ["dependency": "\(name)"])
      }
      for name in away.subtracting(now).sorted() {
        logger.notice("a dependency is back", metadata: ["dependency": "\(name)"])
      }
      away = now
      health.set(away.isEmpty ? .serving : .notServing)
      try? await Task.sleep(for: interval)
    }
  }

  private func unreached() async -> Set<String> {
    await withTaskGroup(of: String?.self) { group in
      for dependency in dependencies {
        group.addTask {
          await answers(dependency) ? nil : dependency.name
        }
      }
      return await group.reduce(into: []) { if let name = $1 { $0.insert(name) } }
    }
  }

  private func answers(_ dependency: ServiceDependency) async -> Bool {
    let (answers, continuation) = AsyncStream.makeStream(of: Bool.self)
    let ended = await ends(within: answerLimit) {
      do {
        try await dependency.check()
        continuation.yield(true)
      } catch {
        continuation.yield(false)
      }
      continuation.finish()
    }
    guard ended else { return false }
    return await answers.first { _ in true } ?? false
  }
}
