/// What to do next so that the pods of a Deployment become what it asks for: pure, and asked again whenever
/// something has changed.
struct RollingUpdate: Hashable, Sendable {
  /// A pod that is not about to end.
  struct Pod: Hashable, Sendable {
    let name: String
    /// Whether it is of the template that the Deployment has now.
    let isCurrent: Bool
    let isReady: Bool
  }

  enum Step: Hashable, Sendable {
    case create
    case end(String)
  }

  /// How many pods there are to be.
  let replicas: Int
  /// How many of them may be missing meanwhile, and how many more there may be.
  let maxUnavailable: Int
  let maxSurge: Int

  /// Kubernetes' default for both.
  private static let defaultShare = IntOrString.text("25%")

  init(replicas: Int, maxUnavailable: Int, maxSurge: Int) {
    self.replicas = replicas
    // With neither, nothing could ever change.
    self.maxUnavailable = max(maxUnavailable, maxSurge == 0 ? 1 : 0)
    self.maxSurge = maxSurge
  }

  init(_ spec: Manifests.Workload.Spec) {
    let replicas = spec.replicas ?? 1
    let limits = spec.strategy?.rollingUpdate
    self.init(
      replicas: replicas,
      maxUnavailable: (limits?.maxUnavailable ?? Self.defaultShare)
        .count(of: replicas, roundingUp: false) ?? 0,
      maxSurge: (limits?.maxSurge ?? Self.defaultShare).count(of: replicas, roundingUp: true) ?? 1)
  }

  /// The steps that may be taken at once.
  func steps(_ pods: [Pod]) -> [Step] {
    let current = pods.filter(\.isCurrent)
    let old = pods.filter { !$0.isCurrent }
    var steps: [Step] = []
    // Too many of what is wanted: those first that do nothing yet.
    let surplus = current.sorted { !$0.isReady && $1.isReady }
      .prefix(max(0, current.count - replicas))
    steps += surplus.map { .end($0.name) }
    let staying = pods.count - surplus.count
    let missing = min(replicas - current.count, replicas + maxSurge - staying)
    steps += Array(repeating: .create, count: max(0, missing))
    // Old ones that do not serve are missed by nobody; of the others only as many as others stand in for.
    var spare = pods.count(where: \.isReady) - surplus.count(where: \.isReady)
    spare -= replicas - maxUnavailable
    for pod in old {
      if pod.isReady {
        guard spare > 0 else { continue }
        spare -= 1
      }
      steps.append(.end(pod.name))
    }
    return steps
  }
}
