import DevTools
import Synchronization

/// One pod: its process, which is started again when it ends or its probe says that it does not live, until the pod is
/// ended.
final class Pod: Sendable {
  /// What is known of a pod.
  struct Status: Hashable, Sendable {
    /// Whether its readiness probe is answered well.
    var isReady = false
    /// How often its process was started again.
    var restarts = 0
    /// Whether it is on its way out.
    var isEnding = false
  }

  let name: String
  let address: String
  let template: PodTemplate
  /// What its process is told; with the template, what makes a pod current or old.
  let launch: PodEnvironment.Launch
  private let process: ManagedProcess
  private let supervisor: Supervisor
  private let changed: @Sendable (Pod, String) -> Void
  private let state = Mutex(Status())
  /// Hears of the end of the process that runs now.
  private let exit = Mutex<AsyncStream<String>.Continuation?>(nil)
  private let life = Mutex<Task<Void, Never>?>(nil)

  /// A pod; ``start()`` runs it.
  ///
  /// - Parameter changed: told of every change, in words.
  init(
    name: String, address: String, template: PodTemplate, launch: PodEnvironment.Launch,
    process: ManagedProcess, supervisor: Supervisor,
    changed: @escaping @Sendable (Pod, String) -> Void
  ) {
    self.name = name
    self.address = address
    self.template = template
    self.launch = launch
    self.process = process
    self.supervisor = supervisor
    self.changed = changed
  }

  var status: Status { state.withLock { $0 } }
  private var container: Container { template.spec.containers[0] }

  /// Runs the process until ``end()``.
  func start() {
    life.withLock { life in
      if life == nil { life = Task { await self.run() } }
    }
  }

  /// Told when the process has ended though nobody had asked it to.
  func processEnded(_ status: String) { _ = exit.withLock { $0?.yield(status) } }

  /// Ends the pod as the kubelet does: it is not ready any more, waits as its `preStop` says, is told to stop, and is
  /// killed when its grace is over.
  func end() async {
    let task = life.withLock { life in
      defer { life = nil }
      return life
    }
    state.withLock {
      $0.isEnding = true
      $0.isReady = false
    }
    changed(self, "ends")
    task?.cancel()
    await task?.value
    if let seconds = container.lifecycle?.preStop?.sleep?.seconds {
      try? await Task.sleep(for: .seconds(seconds))
    }
    await supervisor.stop(name)
  }

  private func run() async {
    var wait = Self.firstWait
    while !Task.isCancelled {
      let begin = ContinuousClock.now
      let reason: String
      // Before the process is there, as it may end at once; and anew, as a stream ends with the task that reads it.
      let (exits, continuation) = AsyncStream.makeStream(of: String.self)
      exit.withLock { $0 = continuation }
      do {
        try await supervisor.start(process)
        reason = await watch(exits)
        if Task.isCancelled { return }
        await supervisor.stop(name)
      } catch {
        if Task.isCancelled { return }
        reason = "\(error)"
      }
      setReady(false)
      // Who has run for long is no one that fails at once.
      if ContinuousClock.now - begin > Self.goodRun { wait = Self.firstWait }
      state.withLock { $0.restarts += 1 }
      changed(self, "\(reason): starts again in \(wait)")
      guard (try? await Task.sleep(for: wait)) != nil else { return }
      wait = min(wait * 2, Self.longestWait)
    }
  }

  /// Probes the process until it ends or does not live, and says what came first.
  private func watch(_ exits: AsyncStream<String>) async -> String {
    await withTaskGroup(of: String?.self) { group in
      group.addTask { await self.probe() }
      group.addTask {
        for await status in exits { return "its process ended (\(status))" }
        return nil
      }
      defer { group.cancelAll() }
      for await reason in group { if let reason { return reason } }
      return "stopped"
    }
  }

  /// The startup probe, then the others side by side; returns when the pod must be started again.
  private func probe() async -> String? {
    if let startup = container.startupProbe {
      guard await passes(startup) else {
        return Task.isCancelled ? nil : "its startup probe has failed \(startup.failures) times"
      }
    }
    return await withTaskGroup(of: String?.self) { group in
      group.addTask { await self.probeReadiness() }
      group.addTask { await self.probeLiveness() }
      defer { group.cancelAll() }
      for await reason in group { if let reason { return reason } }
      return nil
    }
  }

  /// Whether a probe is answered well before it has failed too often.
  private func passes(_ probe: Probe) async -> Bool {
    try? await Task.sleep(for: .seconds(probe.initialDelaySeconds ?? 0))
    for _ in 0..<probe.failures {
      if Task.isCancelled { return false }
      if await ProbeClient.asks(probe, container, at: address) { return true }
      try? await Task.sleep(for: probe.period)
    }
    return false
  }

  private func probeLiveness() async -> String? {
    guard let probe = container.livenessProbe else { return nil }
    var failures = 0
    while (try? await Task.sleep(for: probe.period)) != nil {
      failures = await ProbeClient.asks(probe, container, at: address) ? 0 : failures + 1
      if Task.isCancelled { return nil }
      if failures >= probe.failures { return "its liveness probe has failed \(failures) times" }
    }
    return nil
  }

  private func probeReadiness() async -> String? {
    guard let probe = container.readinessProbe else {
      setReady(true)
      return nil
    }
    var (good, bad) = (0, 0)
    while !Task.isCancelled {
      let isWell = await ProbeClient.asks(probe, container, at: address)
      if Task.isCancelled { return nil }
      (good, bad) = isWell ? (good + 1, 0) : (0, bad + 1)
      if good >= probe.successes { setReady(true) }
      if bad >= probe.failures { setReady(false) }
      try? await Task.sleep(for: probe.period)
    }
    return nil
  }

  private func setReady(_ isReady: Bool) {
    let isNews = state.withLock { state in
      guard !state.isEnding, state.isReady != isReady else { return false }
      state.isReady = isReady
      return true
    }
    if isNews { changed(self, isReady ? "is ready" : "is not ready") }
  }

  /// Kubernetes begins with ten seconds and goes to five minutes, which is long for who watches.
  private static let firstWait: Duration = .seconds(1)
  private static let longestWait: Duration = .seconds(10)
  private static let goodRun: Duration = .seconds(60)
}
