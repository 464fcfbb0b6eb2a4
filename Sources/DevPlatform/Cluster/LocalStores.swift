import DevTools
import Foundation
import Postgres
import Synchronization

/// What keeps state beside the pods: the StatefulSets of the manifests, by the programs of development.
///
/// | image | runs |
/// |---|---|
/// | `postgres` | a private PostgreSQL, with the role, password and database that the image's variables name |
/// | `kafka` | the development broker, which keeps nothing |
/// | `redis` | `redis-server`, if it is installed |
actor LocalStores {
  private let options: LocalCluster.Options
  private let paths: PlatformPaths
  private let supervisor: Supervisor
  private var processes: [String: ManagedProcess] = [:]
  private var postgres: PrivatePostgres?
  private var watch: Task<Void, Never>?
  private var isStopping = false
  private let table = Mutex<[String: String?]>([:])

  init(_ options: LocalCluster.Options, _ paths: PlatformPaths, _ supervisor: Supervisor) {
    self.options = options
    self.paths = paths
    self.supervisor = supervisor
  }

  /// Where each Service of a store is, by `name:port`; nil for a store that does not run.
  nonisolated var endpoints: [String: String?] { table.withLock { $0 } }

  /// Starts a store and returns where it is.
  func start(_ store: Manifests.Workload, _ manifests: Manifests) async throws -> String {
    guard let container = store.spec.template.spec.containers.first else {
      throw ManifestError.notHere("a store without a container", for: store.name)
    }
    let repository = container.image.prefix { $0 != ":" && $0 != "@" }
    let address: String?
    switch repository.split(separator: "/").last {
    case "postgres": address = try await startPostgres(store, container, manifests)
    case "kafka": address = try await startBroker(store)
    case "redis": address = try await startRedis(store, container)
    default:
      throw ManifestError.notHere(
        "no store of the image \(container.image) is known", for: store.name)
    }
    let labels = store.spec.template.metadata.labels ?? [:]
    for service in manifests.services
    where LabelSelector(matchLabels: service.spec.selector ?? [:]).selects(labels) {
      for port in service.spec.ports {
        table.withLock { $0["\(service.name):\(port.port)"] = .some(address) }
      }
    }
    return address ?? "does not run: redis-server is not installed"
  }

  /// Starts a store's process again that has ended by itself.
  func processEnded(_ exit: Supervisor.UnexpectedExit) async {
    guard !isStopping, let process = processes[exit.name] else { return }
    options.progress(.note("\(exit.name) has ended (\(exit.status)): starts again"))
    do {
      try await supervisor.start(process)
    } catch {
      options.progress(.note("\(exit.name) does not come back: \(error)"))
    }
  }

  /// Stops PostgreSQL; the supervisor stops the rest.
  func stop() async {
    isStopping = true
    watch?.cancel()
    await postgres?.stop()
  }

  private func startPostgres(
    _ store: Manifests.Workload, _ container: Container, _ manifests: Manifests
  ) async throws -> String {
    var settings = PrivatePostgres.Options(
      folder: paths.postgres, port: nil, waitsForDisk: !options.isTemporary,
      isTemporary: options.isTemporary)
    let progress = options.progress
    settings.progress = { progress(.note($0)) }
    settings.discardsData = !FileManager.default.fileExists(atPath: paths.databaseMark)
    let server = try await PrivatePostgres.start(settings)
    postgres = server
    try Data().write(to: URL(filePath: paths.databaseMark))
    // What the image does before it first serves.
    let variables = try PodEnvironment(
      manifests: manifests, endpoints: [:], directory: paths.directory
    ).launch(container, pod: store.name, address: server.host, places: [:]).variables
    let role = variables["POSTGRES_USER"] ?? PrivatePostgres.superuser
    try await PlatformDatabase.createOwner(
      role, password: variables["POSTGRES_PASSWORD"], on: server)
    try await PlatformDatabase.create(variables["POSTGRES_DB"] ?? role, on: server)
    watch = Task { await self.keepRunning(server) }
    return "\(server.host):\(server.port)"
  }

  private func keepRunning(_ server: PrivatePostgres) async {
    while !Task.isCancelled {
      let status = await server.ended()
      if Task.isCancelled || isStopping { return }
      options.progress(.note("postgres has ended (\(status)): starts again"))
      try? await server.restart()
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private func startBroker(_ store: Manifests.Workload) async throws -> String {
    try await start(
      ManagedProcess(
        name: store.name, executable: "\(options.programsFolder)/alphintra",
        arguments: ["dev-broker", "--address-file", paths.brokerAddress], readiness: .notification))
    return "file:\(paths.brokerAddress)"
  }

  private func startRedis(
    _ store: Manifests.Workload, _ container: Container
  ) async throws -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    guard
      let program = folders.map({ "\($0)/redis-server" })
        .first(where: FileManager.default.isExecutableFile)
    else { return nil }
    let port = try LoopbackPort.free()
    try await start(
      ManagedProcess(
        name: store.name, executable: program,
        arguments: ["--bind", "127.0.0.1", "--port", "\(port)", "--dir", paths.folder]
          + (container.args ?? []), readiness: .immediate))
    return "127.0.0.1:\(port)"
  }

  private func start(_ process: ManagedProcess) async throws {
    try await supervisor.start(process)
    processes[process.name] = process
  }
}
