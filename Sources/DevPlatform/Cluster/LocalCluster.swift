import Certificates
import DevTools
import Foundation

/// The manifests of a platform as processes of this machine.
///
/// Deployments become processes, a pod each, with an address of its own in 127.0.0.0/8; their environment, secrets and
/// files, probes, restarts, rolling updates and graces are those of the manifests. StatefulSets of stores become
/// private servers, Jobs run before Deployments, Services are files of addresses and a load balancer. What needs a
/// cluster to mean anything (autoscalers, network policies, accounts) is left out.
///
/// ```swift
/// let cluster = try await LocalCluster.start(options)
/// try await cluster.apply()      // after a manifest has changed
/// await cluster.stop()
/// ```
public actor LocalCluster {
  /// A pod as it is shown.
  public struct PodView: Sendable, Hashable {
    /// Its name, such as `trading-service-2`: also of its log.
    public let name: String
    /// The Deployment.
    public let deployment: String
    /// Its address.
    public let address: String
    /// Whether its readiness probe is answered well.
    public let isReady: Bool
    /// How often its process was started again.
    public let restarts: Int
    /// Whether it is of the Deployment's template as it is now.
    public let isCurrent: Bool
  }

  /// What the cluster was started with.
  public nonisolated let options: Options
  nonisolated let paths: PlatformPaths
  nonisolated let certificates: PlatformCertificates
  let supervisor: Supervisor
  private let lock: FolderLock
  var manifests: Manifests
  var network: LoopbackNetwork
  nonisolated let stores: LocalStores
  var pods: [String: [Pod]] = [:]
  private var counters: [String: Int] = [:]
  private var doneJobs: [String: Manifests.Workload] = [:]
  var proxies: [String: ServiceProxy] = [:]
  private var endings: [Task<Void, Never>] = []
  private var background: [Task<Void, Never>] = []
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation
  private var isStopping = false

  private init(_ options: Options) throws {
    self.options = options
    paths = PlatformPaths(folder: options.folder)
    guard let lock = try FolderLock(folder: paths.folder) else {
      throw PlatformError.folderInUse(paths.folder)
    }
    self.lock = lock
    certificates = PlatformCertificates(folder: paths.certificates)
    supervisor = try Supervisor(folder: paths.folder)
    manifests = try Manifests(options.manifests)
    network = try LoopbackNetwork(freePorts: manifests.containerPorts)
    stores = LocalStores(options, paths, supervisor)
    (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Brings everything up and returns when every pod is ready.
  ///
  /// When a step fails, or the task is cancelled, what was started is stopped before this throws.
  public static func start(_ options: Options) async throws -> LocalCluster {
    try options.check()
    let cluster = try LocalCluster(options)
    do {
      try await cluster.bringUp()
      try await cluster.waitUntilSettled()
    } catch {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  // MARK: - What it offers

  /// All pods that are not about to end.
  public var view: [PodView] {
    manifests.deployments.flatMap { deployment in
      (pods[deployment.name] ?? []).map { pod in
        PodView(
          name: pod.name, deployment: deployment.name, address: pod.address,
          isReady: pod.status.isReady, restarts: pod.status.restarts,
          isCurrent: isCurrent(pod, deployment))
      }
    }
  }

  /// The port on 127.0.0.1 of a Service for the outside (`type: LoadBalancer`); nil for any other.
  public func port(of service: String) -> Int? { proxies[service]?.port }

  /// The process of a pod, while it runs.
  public nonisolated func processID(of pod: String) -> Int32? {
    let text = try? String(contentsOfFile: "\(paths.folder)/run/\(pod).pid", encoding: .utf8)
    return text.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  /// The PEM file of the authority that a client of the edge must trust.
  public nonisolated var authorityPath: String { certificates.folder.authorityPath }

  /// The operator of the platform, where a Job of the manifests makes one by the secret `operator-account`.
  ///
  /// - Throws: when the password cannot be read.
  public nonisolated func `operator`() throws -> PlatformOperator {
    try PlatformOperator(passwordPath: paths.operatorPassword)
  }

  // MARK: - Start, change, end

  private func bringUp() async throws {
    paths.forgetAddresses()
    try paths.prepare(roles: [])
    try paths.prepareOperator()
    try certificates.prepare()
    let progress = options.progress
    background.append(
      Task { [certificates] in await certificates.rotate { progress(.note($0)) } })
    background.append(
      Task { [supervisor] in
        for await exit in supervisor.unexpectedExits { await self.processEnded(exit) }
      })
    background.append(Task { for await _ in self.wakes { self.reconcile() } })
    let leftOut = manifests.leftOut.sorted { $0.key < $1.key }.map { "\($1) \($0)" }
    if !leftOut.isEmpty { progress(.note("left out here: \(leftOut.joined(separator: ", "))")) }
    for store in manifests.stores {
      try await step(store.name) { try await stores.start(store, manifests) }
    }
    try await startProxies()
    try await runJobs()
    wake.yield()
  }

  /// Reads the manifests again and makes what runs what they say: pods are replaced a few at a time, as the
  /// Deployment's strategy allows.
  ///
  /// - Throws: ``ManifestError`` for manifests that cannot be run; what runs stays as it is.
  public func apply() async throws {
    let changed = try Manifests(options.manifests)
    let former = manifests
    manifests = changed
    do {
      // Everything that would be told to a pod, before the first one is.
      for workload in changed.deployments + changed.jobs {
        _ = try launch(
          workload.spec.template, pod: workload.name, address: "127.0.0.1", isDry: true)
      }
      try await runJobs()
    } catch {
      manifests = former
      throw error
    }
    wake.yield()
  }

  /// Waits until every Deployment has as many ready pods as it asks for, and no others.
  public func waitUntilSettled() async throws {
    let end = ContinuousClock.now + options.settlingTimeout
    while !isSettled {
      guard ContinuousClock.now < end else { throw PlatformError.notSettled(summary) }
      try await Task.sleep(for: .milliseconds(100))
    }
    // The last pod may have become ready a moment ago, and nobody been told.
    publishAddresses()
  }

  private var isSettled: Bool {
    Set(pods.keys.filter { !(pods[$0] ?? []).isEmpty })
      .isSubset(of: manifests.deployments.map(\.name))
      && manifests.deployments.allSatisfy { deployment in
        let pods = pods[deployment.name] ?? []
        return pods.count == deployment.spec.replicas ?? 1
          && pods.allSatisfy { $0.status.isReady && isCurrent($0, deployment) }
      }
  }

  private var summary: String {
    view.map {
      "\($0.name) \($0.isReady ? "ready" : "not ready"), started again \($0.restarts) times"
    }
    .joined(separator: "; ")
  }

  /// Ends all pods, then the stores.
  public func stop() async {
    isStopping = true
    for proxy in proxies.values { await proxy.stop() }
    await withTaskGroup { group in
      for pod in pods.values.flatMap(\.self) { group.addTask { await pod.end() } }
    }
    for ending in endings { await ending.value }
    pods = [:]
    for task in background { task.cancel() }
    wake.finish()
    await stores.stop()
    await supervisor.stopAll()
    if options.isTemporary { paths.remove(keepingLogs: false) }
  }

  // MARK: - Jobs

  private func runJobs() async throws {
    for job in manifests.jobs where doneJobs[job.name] != job {
      try await step(job.name) {
        let launch = try launch(job.spec.template, pod: job.name, address: "127.0.0.1")
        var failures = 0
        while true {
          do {
            try await supervisor.start(
              process(
                job.name, launch, job.spec.template.spec, readiness: .completion,
                timeout: .seconds(job.spec.activeDeadlineSeconds ?? 600)))
            break
          } catch {
            failures += 1
            try Task.checkCancellation()
            guard failures <= job.spec.backoffLimit ?? 6 else { throw error }
            try await Task.sleep(for: .seconds(failures))
          }
        }
        doneJobs[job.name] = job
        return "done"
      }
    }
  }

  // MARK: - Pods

  private func reconcile() {
    guard !isStopping else { return }
    for name in pods.keys where !manifests.deployments.contains(where: { $0.name == name }) {
      for pod in pods[name] ?? [] { end(pod, of: name) }
    }
    for deployment in manifests.deployments {
      let current = pods[deployment.name] ?? []
      let steps = RollingUpdate(deployment.spec).steps(
        current.map {
          .init(name: $0.name, isCurrent: isCurrent($0, deployment), isReady: $0.status.isReady)
        })
      for step in steps {
        switch step {
        case .create: create(deployment)
        case .end(let name):
          if let pod = current.first(where: { $0.name == name }) { end(pod, of: deployment.name) }
        }
      }
    }
    publishAddresses()
  }

  /// Whether a pod is as its Deployment is now, with all that the manifests tell it.
  private func isCurrent(_ pod: Pod, _ deployment: Manifests.Workload) -> Bool {
    guard pod.template == deployment.spec.template else { return false }
    let launch = try? environment.launch(
      pod.template.spec.containers[0], pod: pod.name, address: pod.address,
      places: places(of: pod.template, pod: pod.name))
    return launch == pod.launch
  }

  private func create(_ deployment: Manifests.Workload) {
    counters[deployment.name, default: 0] += 1
    let name = "\(deployment.name)-\(counters[deployment.name] ?? 0)"
    guard let address = network.allocate() else {
      return options.progress(.note("\(name): all addresses are taken"))
    }
    do {
      let template = deployment.spec.template
      let launch = try launch(template, pod: name, address: address)
      if !launch.dropped.isEmpty {
        options.progress(
          .note(
            "\(name): without \(launch.dropped.joined(separator: ", ")), which does not run here"))
      }
      let pod = Pod(
        name: name, address: address, template: template, launch: launch,
        process: process(name, launch, template.spec, readiness: .immediate, timeout: .seconds(60)),
        supervisor: supervisor
      ) { [options, wake] pod, news in
        options.progress(.note("\(pod.name) \(news)"))
        wake.yield()
      }
      pods[deployment.name, default: []].append(pod)
      pod.start()
    } catch {
      network.release(address)
      options.progress(.note("\(name) cannot be made: \(error)"))
    }
  }

  private func end(_ pod: Pod, of deployment: String) {
    pods[deployment]?.removeAll { $0 === pod }
    publishAddresses()
    endings.append(
      Task {
        await pod.end()
        self.hasEnded(pod)
      })
  }

  private func hasEnded(_ pod: Pod) {
    network.release(pod.address)
    files.remove(pod.name)
    wake.yield()
  }

  private func processEnded(_ exit: Supervisor.UnexpectedExit) async {
    for pod in pods.values.flatMap(\.self) where pod.name == exit.name {
      return pod.processEnded(exit.status)
    }
    await stores.processEnded(exit)
  }

  private func step(_ name: String, _ work: () async throws -> String) async throws {
    try Task.checkCancellation()
    options.progress(.starting(name))
    let begin = ContinuousClock.now
    let detail = try await work()
    options.progress(.ready(name, detail: detail, after: ContinuousClock.now - begin))
  }
}
