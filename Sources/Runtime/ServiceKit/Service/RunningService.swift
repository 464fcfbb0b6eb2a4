import Configuration
import Core
import Kafka
import Logging
import Mesh
import Observability
import Postgres
import ProcessKit
import RPC
import RPCTransport
import Registry
import StandardServices
import TLS
import TokenVerification

/// A service that answers calls, from the moment it is known to the mesh until it has drained.
struct RunningService: Sendable {
  let name: String
  /// Where others reach it.
  let address: ServiceAddress
  private let logger: Logger
  private let drainLimit: Duration
  private let registration: ServiceRegistration?
  private let health: ServerHealth
  private let server: RPCServer
  private let backbone: ServiceBackbone
  private let tasks: [Task<Void, Never>]
  /// Those of `tasks` that end before the calls do.
  private let feeds: [Task<Void, Never>]

  /// Starts a service.
  ///
  /// - Parameters:
  ///   - descriptors: what it is described by to those who ask.
  ///   - diagnostics: told what it does.
  ///   - didFail: told of a background task that ended by itself.
  static func start(
    _ definition: ServiceDefinition, _ configuration: ServiceConfiguration, reader: ConfigReader,
    descriptors: DescriptorPool, diagnostics: Diagnostics, logger: Logger,
    didFail: @escaping @Sendable (ServiceFailure) -> Void
  ) async throws -> RunningService {
    let backbone = try await ServiceBackbone.open(
      definition, configuration, reader: reader, diagnostics: diagnostics, logger: logger)
    var tasks: [Task<Void, Never>] = []
    do {
      let environment = backbone.environment
      let parts = try await definition.make(environment)
      let verifier =
        parts.tokenVerifier ?? JWKSTokenVerifier(auth: environment.channel(Self.authService))
      let health = ServerHealth(services: parts.services.map { type(of: $0).descriptor.name })
      let standard = StandardServices.all(
        beside: parts.services, health: health, descriptors: descriptors)
      let calls = ServerMetrics(diagnostics.metrics)
      let limiter = ConcurrencyLimiter(
        configuration.concurrency, exempting: Set(standard.map { type(of: $0).descriptor.name }),
        metrics: diagnostics.metrics, service: definition.name)
      let audit = AuditLog(logger)
      for (name, policy) in configuration.faults.policies {
        logger.warning(
          "FAULTS ARE INJECTED into calls, on purpose",
          metadata: ["methods": "\(name)", "faults": "\(policy)"])
      }
      let router = RPCRouter(
        services: parts.services + standard, accessController: AccessGuard(verifier: verifier),
        limiter: limiter, faults: configuration.faults.injections,
        interceptors: parts.interceptors, replay: parts.replay, audit: { audit.write($0) },
        metrics: calls,
        tracer: environment.tracer)
      tasks = backbone.tasks()
      var feeds: [Task<Void, Never>] = []
      for work in parts.tasks {
        let task = Self.start(work, of: definition.name, didFail)
        tasks.append(task)
        if work.endsBeforeCalls { feeds.append(task) }
      }
      var listening = configuration.server(credentials: backbone.credentials, logger: logger)
      listening.peerRefused = { audit.write($0) }
      let server = try await RPCServer.start(router, listening)
      do {
        let address = ServiceAddress(host: configuration.listen.advertisedHost, port: server.port)
        let registration = try configuration.mesh.directory?.register(address, of: definition.name)
        let monitor = DependencyMonitor(
          dependencies: parts.dependencies, health: health, logger: logger)
        tasks.append(Task { await monitor.run() })
        diagnostics.addServer(server, of: definition.name, calls, health)
        diagnostics.addLimiter(limiter, of: definition.name)
        logger.info(
          "service started",
          metadata: [
            "address": "\(address)", "methods": "\(router.descriptors.count)",
            "tasks": "\(parts.tasks.map(\.name).joined(separator: ","))",
          ])
        return RunningService(
          name: definition.name, address: address, logger: logger,
          drainLimit: configuration.drainLimit,
          registration: registration, health: health, server: server, backbone: backbone,
          tasks: tasks,
          feeds: feeds)
      } catch {
        await server.stop(grace: .zero)
        throw error
      }
    } catch {
      for task in tasks { task.cancel() }
      for task in tasks { await task.value }
      await backbone.close(limit: .zero)
      throw error
    }
  }

  private static func start(
    _ task: BackgroundTask, of service: String,
    _ didFail: @escaping @Sendable (ServiceFailure) -> Void
  ) -> Task<Void, Never> {
    Task {
      var cause: (any Error)?
      do { try await task.run() } catch { cause = error }
      guard !Task.isCancelled else { return }
      didFail(ServiceFailure(service: service, task: task.name, cause: cause))
    }
  }

  /// Drains: nobody new is sent here, what feeds streams ends, calls under way end, then the other
  /// tasks, then what they left in the outbox is published.
  func stop() async {
    let start = ContinuousClock.now
    registration?.withdraw()
    health.drain()
    for task in feeds { task.cancel() }
    await server.stop(grace: drainLimit)
    for task in tasks { task.cancel() }
    let haveEnded = await ends(within: Self.taskLimit) { [tasks] in
      for task in tasks { await task.value }
    }
    if !haveEnded { logger.error("a background task goes on though it was cancelled") }
    await backbone.close(limit: Self.flushLimit)
    logger.info("service stopped", metadata: ["after": "\(ContinuousClock.now - start)"])
  }

  /// Who publishes the keys that tokens are verified by.
  static let authService = "auth"
  /// How long cancelled tasks may take to end.
  private static let taskLimit: Duration = .seconds(10)
  /// How long the outbox may take to be published.
  private static let flushLimit: Duration = .seconds(5)
}

extension ServiceConfiguration {
  var tlsIdentity: TLSConfiguration.Identity {
    TLSConfiguration.Identity(
      certificateChainPath: identity.certificatePath, privateKeyPath: identity.keyPath)
  }

  /// The files of the service's certificate, of the authorities it believes, and of whom it refuses.
  var credentialFiles: TLSCredentials.Files {
    .init(
      identity: tlsIdentity, trustedAuthoritiesPath: identity.authorityPath,
      denyListPath: identity.denyListPath)
  }

  /// A server of the mesh: callers show a certificate of its authority.
  func server(credentials: TLSCredentialSource, logger: Logger) -> RPCServer.Configuration {
    var server = RPCServer.Configuration(
      host: listen.host, port: listen.port,
      tls: .server(
        identity: tlsIdentity,
        clientAuthentication: .required(trustedAuthoritiesPath: identity.authorityPath),
        applicationProtocols: ["h2"]),
      logger: logger)
    server.connections = connections
    server.memory = memory
    server.credentials = credentials
    return server
  }
}
