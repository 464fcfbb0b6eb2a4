public import Configuration
import Foundation
public import Kafka
public import Mesh
public import ProcessKit
public import RPC
public import RPCTransport

/// What every service is told from outside, checked.
public struct ServiceConfiguration: Sendable {
  /// Where the service answers.
  public var listen: ListenConfiguration
  /// How long its callers' connections last, and how dead ones are found: `connections.…`.
  public var connections: ConnectionManagement
  /// How many bytes of messages it holds for its callers: `connections.max_held_bytes` and others.
  public var memory: MemoryLimits
  /// How much it takes on at once: `calls.…`.
  public var concurrency: ConcurrencyLimits
  /// What goes wrong with its calls on purpose, from the file that `faults.config` names.
  public var faults: FaultConfig
  /// Who it is to the mesh, and whom it believes.
  public var identity: IdentityConfiguration
  /// Where the other services are.
  public var mesh: MeshSettings
  /// Its database.
  public var postgres: PostgresConfiguration
  /// Its broker.
  public var kafka: KafkaConfiguration
  /// How long events are kept here: `events.retention_days`.
  public var retention: EventRetention
  /// How soon others read the partitions of an instance whose host vanished: `events.lease_timeout`.
  public var leaseTimeout: Duration
  /// How long a stopping service waits for the work at hand: `drain.limit`.
  public var drainLimit: Duration
  /// Where a test ends the process: `crash.at`; nowhere unless told.
  public var crashPoints: CrashPoints

  /// Where the service answers.
  public struct ListenConfiguration: Sendable {
    /// The address to bind, `listen.host`; 127.0.0.1 unless told.
    public var host: String
    /// The port to bind, `listen.port`; 0 lets the system choose.
    public var port: Int
    /// The host that others reach it by, `listen.advertised_host`: the bound address unless told, or
    /// the machine's name where that is every address.
    public var advertisedHost: String
  }

  /// The service's certificate.
  public struct IdentityConfiguration: Sendable {
    /// PEM, the service's own certificate first: `tls.certificate`.
    public var certificatePath: String
    /// PEM, the certificate's key: `tls.key`.
    public var keyPath: String
    /// PEM, the authority of the mesh, or several while one replaces another: `tls.ca`.
    public var authorityPath: String
    /// The peers that are refused though the authority vouches for them: `tls.deny_list`.
    public var denyListPath: String?
    /// How often these files are looked at for new contents: `tls.reload_interval`.
    public var reloadInterval: Duration
  }

  /// The brokers.
  public struct KafkaConfiguration: Sendable {
    /// Where they are: `kafka.brokers`, a list or `file:/path`.
    public var brokers: KafkaBrokers
    /// More properties of librdkafka, from the lines `name=value` of the file `kafka.properties_file`
    /// names, such as those of SASL.
    public var properties: [String: String]
  }

  /// Reads the configuration of a service.
  ///
  /// - Parameter services: Those that it calls.
  /// - Throws: ``ConfigurationError`` with every problem there is.
  public init(
    _ reader: ConfigReader, service: String, calling services: [String]
  ) throws(ConfigurationError) {
    var settings = Settings(reader, service: service)
    let host = settings.string("listen.host", default: "127.0.0.1")
    listen = ListenConfiguration(
      host: host, port: settings.integer("listen.port", in: 0...65_535, default: 0),
      advertisedHost: settings.string(
        "listen.advertised_host",
        default: ["0.0.0.0", "::"].contains(host) ? ProcessInfo.processInfo.hostName : host))
    connections = ConnectionManagement(&settings)
    memory = MemoryLimits(&settings)
    concurrency = ConcurrencyLimits(&settings)
    faults = FaultConfig(&settings)
    identity = IdentityConfiguration(
      certificatePath: settings.file("tls.certificate"),
      keyPath: settings.file("tls.key"),
      authorityPath: settings.file("tls.ca"),
      denyListPath: settings.denyList(),
      reloadInterval: settings.reloadInterval())
    mesh = MeshSettings(&settings, calling: services)
    postgres = PostgresConfiguration(&settings, service: service)
    let rule = "must be host:port[,host:port…] or file:/absolute/path"
    let brokers = settings.value("kafka.brokers", rule: rule) { text in try? KafkaBrokers(text) }
    kafka = KafkaConfiguration(
      brokers: brokers ?? .file("/"),
      properties: settings.has("kafka.properties_file")
        ? settings.properties("kafka.properties_file") : [:])
    retention = EventRetention(&settings)
    leaseTimeout = settings.seconds(
      "events.lease_timeout", in: 1...300, default: EventConsumerConfiguration().leaseTimeout)
    drainLimit = settings.seconds("drain.limit", in: 0...600, default: .seconds(20))
    crashPoints = CrashPoints(&settings)
    try settings.finish()
  }
}
