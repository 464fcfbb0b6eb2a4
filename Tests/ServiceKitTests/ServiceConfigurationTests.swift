import Configuration
import Foundation
import Kafka
import Logging
import Mesh
import Observability
import ProcessKit
import RPC
import RPCTransport
import ServiceKit
import TestSupport
import Testing

@Suite struct ServiceConfigurationTests {
  let folder: TemporaryFolder
  var environment: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    environment = [
      "TLS_CERTIFICATE": try folder.write("cert.pem", "-"),
      "TLS_KEY": try folder.write("key.pem", "-"),
      "TLS_CA": try folder.write("ca.pem", "-"),
      "MESH_DIRECTORY": folder.path,
      "KAFKA_BROKERS": "127.0.0.1:9092",
    ]
  }

  private func read(
    _ changes: [String: String?] = [:]
  ) async throws -> ServiceConfiguration {
    var environment = environment
    for (name, value) in changes { environment[name] = value }
    return try ServiceConfiguration(
      try await Settings.standardReader(environment: environment), service: "trading",
      calling: ["marketdata", "auth"])
  }

  @Test func aCompleteConfigurationHasDefaults() async throws {
    let configuration = try await read()
    #expect(configuration.listen.host == "127.0.0.1")
    #expect(configuration.listen.port == 0)
    #expect(configuration.postgres.role == "trading")
    #expect(configuration.postgres.password == nil)
    #expect(configuration.drainLimit == .seconds(20))
    #expect(configuration.kafka.brokers.description == "127.0.0.1:9092")
  }

  @Test func eventsAreKeptAsLongAsTold() async throws {
    #expect(try await read().retention == .contracts)
    #expect(try await read(["EVENTS_RETENTION_DAYS": "30"]).retention.hoursLimit == 720)
    for wrong in ["0", "36501", "1.5", "month"] {
      await #expect(throws: ConfigurationError.self) {
        try await read(["EVENTS_RETENTION_DAYS": wrong])
      }
    }
  }

  @Test func connectionsLastAsLongAsTold() async throws {
    #expect(try await read().connections == ConnectionManagement())
    let connections = try await read([
      "CONNECTIONS_KEEPALIVE_TIME": "0", "CONNECTIONS_KEEPALIVE_TIMEOUT": "20",
      "CONNECTIONS_MIN_PING_INTERVAL": "300", "CONNECTIONS_MIN_IDLE_PING_INTERVAL": "0",
      "CONNECTIONS_MAX_IDLE": "60", "TRADING_CONNECTIONS_MAX_AGE": "0.5",
      "CONNECTIONS_MAX_AGE_GRACE": "30", "CONNECTIONS_MAX_STALL": "90",
    ]).connections
    var expected = ConnectionManagement()
    expected.keepaliveTime = nil
    expected.keepaliveTimeout = .seconds(20)
    expected.minimumPingInterval = .seconds(300)
    expected.minimumIdlePingInterval = .zero
    expected.maximumIdle = .seconds(60)
    expected.maximumAge = .milliseconds(500)
    expected.maximumAgeGrace = .seconds(30)
    expected.maximumStall = .seconds(90)
    #expect(connections == expected)
  }

  @Test func messagesTakeAsMuchMemoryAsTold() async throws {
    #expect(try await read().memory == MemoryLimits())
    let memory = try await read([
      "CONNECTIONS_MAX_HELD_BYTES": "1000000", "CONNECTIONS_MAX_HELD_BYTES_TOTAL": "2000000",
      "TRADING_CONNECTIONS_MAX_UNSENT_BYTES": "100000",
    ]).memory
    var expected = MemoryLimits()
    expected.connectionBytes = 1_000_000
    expected.serverBytes = 2_000_000
    expected.unsentBytes = 100_000
    #expect(memory == expected)
    await #expect(throws: ConfigurationError.self) {
      try await read(["CONNECTIONS_MAX_HELD_BYTES": "1000"])
    }
  }

  @Test func aServerTakesOnAsMuchAsTold() async throws {
    #expect(try await read().concurrency == ConcurrencyLimits())
    let limits = try await read([
      "CALLS_LIMIT": "100", "TRADING_CALLS_QUEUE": "0", "CALLS_QUEUE_TIME": "0.5",
      "CALLS_STREAMS_LIMIT": "50",
    ]).concurrency
    #expect(
      limits
        == ConcurrencyLimits(
          calls: 100, waitingCalls: 0, longestWait: .milliseconds(500), streams: 50))
    await #expect(throws: ConfigurationError.self) { try await read(["CALLS_LIMIT": "0"]) }
  }

  @Test func faultsAreThoseOfTheFile() async throws {
    #expect(try await read().faults.policies.isEmpty)
    let file = try folder.write(
      "faults.json", #"{"faultConfig": [{"name": [{}], "abort": {"grpcStatus": "ABORTED"}}]}"#)
    #expect(
      try await read(["FAULTS_CONFIG": file]).faults.policies
        == [.all: FaultPolicy(abort: .aborted)])
    let wrong = try folder.write("wrong.json", #"{"faultConfig": [{"name": [{}]}]}"#)
    await #expect {
      try await read(["FAULTS_CONFIG": wrong])
    } throws: {
      "\($0)".contains("\(wrong): faultConfig[0] must have a delay, an abort or both")
    }
  }

  @Test func aServicesOwnValueCountsFirst() async throws {
    let configuration = try await read([
      "LISTEN_PORT": "1000", "TRADING_LISTEN_PORT": "2000", "AUTH_LISTEN_PORT": "3000",
      "TRADING_DRAIN_LIMIT": "0.5",
    ])
    #expect(configuration.listen.port == 2000)
    #expect(configuration.drainLimit == .milliseconds(500))
  }

  @Test func theEnvironmentCountsBeforeTheFile() async throws {
    let file = try folder.write(
      "config.json",
      """
      {"listen": {"port": 4000}, "trading": {"listen": {"host": "::1"}, "postgres": {"port": 5433}},
       "postgres": {"database": "x"}}
      """)
    let configuration = try await read(["ALPHINTRA_CONFIG": file, "POSTGRES_DATABASE": "y"])
    #expect(configuration.listen.port == 4000)
    #expect(configuration.listen.host == "::1")
    #expect(configuration.postgres.port == 5433)
    #expect(configuration.postgres.database == "y")
  }

  @Test func aSecretComesFromAFile() async throws {
    let file = try folder.write("password", "s3cret\n")
    #expect(try await read(["POSTGRES_PASSWORD_FILE": file]).postgres.password == "s3cret")
    let properties = try folder.write(
      "kafka", "# sasl\nsasl.mechanism=PLAIN\n\nsasl.password=a=b\n")
    #expect(
      try await read(["KAFKA_PROPERTIES_FILE": properties]).kafka.properties
        == ["sasl.mechanism": "PLAIN", "sasl.password": "a=b"])
  }

  @Test func aDatabaseIsToldInOneLine() async throws {
    let url = "postgresql://tr%40der:s%3Acret@db.prod:6432/orders"
    var postgres = try await read(["DATABASE_URL": url]).postgres
    #expect(postgres.host == "db.prod" && postgres.port == 6432)
    #expect(postgres.database == "orders" && postgres.role == "tr@der")
    #expect(postgres.password == "s:cret")
    // What is told on its own counts before it, and a file keeps it out of the environment.
    let file = try folder.write("url", "postgres://x@[::1]/y\n")
    postgres = try await read(["TRADING_DATABASE_URL_FILE": file, "POSTGRES_ROLE": "z"]).postgres
    #expect(postgres.host == "::1" && postgres.port == 5432 && postgres.database == "y")
    #expect(postgres.role == "z" && postgres.password == nil)
  }

  @Test(arguments: [
    "", "db.prod", "mysql://db/x", "postgresql:///x", "postgresql://db", "postgresql://db/",
    "postgresql://db/x/y", "postgresql://db:0/x", "postgresql://db:70000/x",
    "postgresql://db/x?sslmode=disable", "postgresql://@db/x",
  ])
  func whatIsNoURLOfADatabaseIsNone(text: String) {
    #expect(DatabaseURL(text) == nil)
  }

  @Test func aWrongURLIsNamedAndNotShown() async throws {
    await #expect {
      try await read(["DATABASE_URL": "postgresql://trading:s3cret@db"])
    } throws: {
      "\($0)".contains("database.url (DATABASE_URL) must be postgresql://role:password@host")
        && !"\($0)".contains("s3cret")
    }
  }

  @Test(
    arguments: [
      (
        "LISTEN_PORT", "70000",
        "listen.port (LISTEN_PORT) must be a whole number, 0 to 65535, not \"70000\""
      ),
      (
        "TRADING_LISTEN_PORT", "http",
        "trading.listen.port (TRADING_LISTEN_PORT) must be a whole number, 0 to 65535, not \"http\""
      ),
      (
        "TLS_KEY", "/no/such/key",
        "tls.key (TLS_KEY) must name a readable file, not \"/no/such/key\""
      ),
      (
        "KAFKA_BROKERS", "localhost",
        "kafka.brokers (KAFKA_BROKERS) must be host:port[,host:port…] or file:/absolute/path, "
          + "not \"localhost\""
      ),
      (
        "DRAIN_LIMIT", "soon",
        "drain.limit (DRAIN_LIMIT) must be seconds, 0.0 to 600.0, not \"soon\""
      ),
      ("POSTGRES_ROLE", "", "postgres.role (POSTGRES_ROLE) must not be empty, not \"\""),
      (
        "TLS_CA", nil,
        "trading.tls.ca (TRADING_TLS_CA) must name a readable file; it is not set"
      ),
    ] as [(String, String?, String)])
  func aWrongValueIsNamed(name: String, value: String?, expected: String) async throws {
    await #expect {
      try await read([name: value])
    } throws: {
      "\($0)" == "configuration: \(expected)"
    }
  }

  @Test func everythingWrongIsSaidAtOnce() async throws {
    await #expect {
      try await read(["LISTEN_PORT": "x", "POSTGRES_PORT": "0", "KAFKA_BROKERS": nil])
    } throws: { error in
      (error as? ConfigurationError)?.problems.map(\.key) == [
        "listen.port", "postgres.port", "trading.kafka.brokers",
      ]
    }
  }

  @Test func aFileThatIsNoJSONIsNamed() async throws {
    let file = try folder.write("config.json", "{")
    await #expect {
      try await Settings.standardReader(environment: ["ALPHINTRA_CONFIG": file])
    } throws: {
      "\($0)".contains("alphintra.config (ALPHINTRA_CONFIG) must name a readable JSON file")
    }
    #expect(ConfigurationError.exitCode == 64)
  }

  @Test func logsAreConfiguredOnceAProcess() async throws {
    let reader = try await Settings.standardReader(environment: ["LOG_LEVEL": "debug"])
    let log = try LogConfiguration(reader)
    #expect(log.level == .debug)
    #expect(log.format == .automatic)
    await #expect {
      try LogConfiguration(try await Settings.standardReader(environment: ["LOG_FORMAT": "xml"]))
    } throws: {
      "\($0)"
        == "configuration: log.format (LOG_FORMAT) must be one of json, text, automatic, not \"xml\""
    }
  }
}
