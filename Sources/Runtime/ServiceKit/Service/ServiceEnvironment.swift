public import Configuration
public import Core
public import Kafka
public import Logging
public import Observability
public import Postgres
public import ProcessKit
public import RPC

/// What a service is given to work with.
public struct ServiceEnvironment: Sendable {
  /// The service's name.
  public let name: String
  /// What every service is told from outside.
  public let configuration: ServiceConfiguration
  /// All that was told, for settings of the service's own: `Settings(environment.reader, service:
  /// environment.name)`.
  public let reader: ConfigReader
  /// The service's schema, as its role.
  public let database: PostgresPool
  /// The service's outbox in that schema.
  public let outbox: Outbox
  /// The way to the broker.
  public let kafka: KafkaConnection
  /// Tells the time of day.
  public let clock: any Clock
  /// The points at which tests end the process; none outside tests.
  public let crashPoints: CrashPoints
  /// Who records the service's spans, such as those of an ``EventConsumer``; nil where nobody does.
  public let tracer: Tracer?
  /// Where the service counts; nil where nobody asks.
  public let metrics: MetricsRegistry?
  /// The service's logger.
  public let logger: Logger
  /// The way to another service of the mesh, under this service's identity.
  public let channel: @Sendable (_ service: String) -> any RPCChannel

  /// How the service's consumers are set up.
  public var consuming: EventConsumerConfiguration {
    var consuming = EventConsumerConfiguration()
    consuming.leaseTimeout = configuration.leaseTimeout
    consuming.crashPoints = crashPoints
    consuming.retention = configuration.retention
    return consuming
  }

  /// Names everything.
  public init(
    name: String, configuration: ServiceConfiguration, reader: ConfigReader,
    database: PostgresPool, outbox: Outbox, kafka: KafkaConnection, clock: any Clock,
    crashPoints: CrashPoints, tracer: Tracer? = nil, metrics: MetricsRegistry? = nil,
    logger: Logger,
    channel: @escaping @Sendable (_ service: String) -> any RPCChannel
  ) {
    self.name = name
    self.configuration = configuration
    self.reader = reader
    self.database = database
    self.outbox = outbox
    self.kafka = kafka
    self.clock = clock
    self.crashPoints = crashPoints
    self.tracer = tracer
    self.metrics = metrics
    self.logger = logger
    self.channel = channel
  }
}
