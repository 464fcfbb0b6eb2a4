import DevTools

extension Platform {
  /// How many processes may die in ``restartWindow`` and be started again, each.
  static let restartsLimit = 5
  /// The time in which deaths are counted.
  static let restartWindow: Duration = .seconds(60)

  /// Starts a process again that has died, or tells of its end.
  func didExit(_ exit: UnexpectedExit) {
    guard options.restartsProcesses, let replica = replica(named: exit.name), mayRestart(replica)
    else {
      exits.yield(exit)
      return
    }
    options.progress(.note("\(exit.name) has died (\(exit.status)) and is started again"))
    restarts.append(
      Task {
        do {
          let place = try await startManaged(replica)
          options.progress(.note("\(replica.name) is back: \(place)"))
        } catch {
          guard !Task.isCancelled else { return }
          exits.yield(exit)
        }
      })
  }

  private func replica(named name: String) -> PlatformReplica? {
    (PlatformMember.replicated + [.broker]).flatMap {
      PlatformReplica.all(of: $0, replicas: options.replicas)
    }.first { $0.name == name }
  }

  /// Whether it has not died again and again.
  private func mayRestart(_ replica: PlatformReplica) -> Bool {
    let begin = ContinuousClock.now - Self.restartWindow
    let recent = deaths[replica, default: []].filter { $0 > begin } + [.now]
    deaths[replica] = recent
    return recent.count <= Self.restartsLimit
  }
}
