import Configuration
import Core
import Kafka
import Logging
import Mesh
import Observability
import Postgres
import ProcessKit
import RPC
import TLS

/// What a service stands on: its certificate, its database, its outbox with the relay, and its ways
/// to others.
struct ServiceBackbone: Sendable {
  let environment: ServiceEnvironment
  /// The service's certificate and the authorities, as the files are now.
  let credentials: TLSCredentialSource
  private let relay: OutboxRelay?
  private let pruner: OutboxPruner?
  private let channels: MeshChannels

  /// Waits for the database, and refuses one whose schema is not the program's.
  static func open(
    _ definition: ServiceDefinition, _ configuration: ServiceConfiguration, reader: ConfigReader,
    diagnostics: Diagnostics, logger: Logger
  ) async throws -> ServiceBackbone {
    let name = definition.name
    let credentials = try TLSCredentialSource(configuration.credentialFiles)
    diagnostics.addCredentials(credentials, named: name)
    let database = PostgresPool(configuration.postgres.connection(to: name, logger: logger))
    do {
      try await database.waitUntilReady(timeout: databaseTimeout)
      try await Migrator(pool: database, schema: name, logger: logger)
        .requireCurrent(definition.migrations)
    } catch {
      await database.close()
      throw error
    }
    let kafka = KafkaConnection(
      brokers: configuration.kafka.brokers, clientID: name,
      properties: configuration.kafka.properties, logger: logger)
    var mesh = MeshChannel.Configuration(credentials)
    mesh.metrics = diagnostics.metrics
    let tracer = diagnostics.traces?.tracer(of: name)
    mesh.tracer = tracer
    let channels = MeshChannels(configuration.mesh, mesh, diagnostics)
    diagnostics.addBackends { channels.all }
    let outbox = Outbox(service: name)
    diagnostics.addDatabase(database, of: name, outbox: definition.hasOutbox ? outbox : nil)
    if definition.hasDeadLetters { diagnostics.addDeadLetters(DeadLetters(database), of: name) }
    let environment = ServiceEnvironment(
      name: name, configuration: configuration, reader: reader, database: database, outbox: outbox,
      kafka: kafka, clock: SystemClock(), crashPoints: configuration.crashPoints, tracer: tracer,
      metrics: diagnostics.metrics, logger: logger, channel: { channels.channel(to: $0) })
    var relay: OutboxRelay?
    var pruner: OutboxPruner?
    if definition.hasOutbox {
      let topics = definition.topics.map { configuration.retention.applied(to: $0) }
      relay = OutboxRelay(
        outbox, topics: topics, database: database, kafka: kafka, logger: logger)
      pruner = OutboxPruner(
        topics: topics, retention: configuration.retention, database: database, logger: logger)
    }
    return ServiceBackbone(
      environment: environment, credentials: credentials, relay: relay, pruner: pruner,
      channels: channels)
  }

  /// The work of the relay and of who prunes, if the service publishes through its outbox, and the watch over
  /// certificates.
  func tasks() -> [Task<Void, Never>] {
    let watch = CredentialWatch(
      credentials, interval: environment.configuration.identity.reloadInterval,
      logger: environment.logger)
    var tasks = [Task { await watch.run() }]
    if let relay { tasks.append(Task { await relay.run() }) }
    if let pruner { tasks.append(Task { await pruner.run() }) }
    return tasks
  }

  /// Publishes what is left and closes everything.
  func close(limit: Duration) async {
    await relay?.flush(within: limit)
    await relay?.close(limit: .zero)
    channels.close()
    let database = environment.database
    let hasEnded = await ends(within: Self.closeLimit) { await database.close() }
    if !hasEnded { environment.logger.error("statements go on though the service has stopped") }
  }

  /// How long a starting service waits for its database.
  private static let databaseTimeout: Duration = .seconds(60)
  /// How long statements under way may take when all else has stopped.
  private static let closeLimit: Duration = .seconds(10)
}

extension ServiceDefinition {
  /// Whether the service publishes through an outbox of its schema.
  public var hasOutbox: Bool {
    !topics.isEmpty && migrations.contains { $0.name == Migration.eventsName }
  }

  /// Whether the service's consumers put aside what they cannot apply.
  public var hasDeadLetters: Bool { migrations.contains { $0.name == Migration.deadLettersName } }
}
