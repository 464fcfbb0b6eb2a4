import ArgumentParser
import ContractRegistry
import ServiceKit

/// `alphintra serve`: services until they are told to stop.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run services until SIGTERM.",
    discussion: """
      Each service has its own certificate, database role and settings, also when several run in one \
      process. A setting of one service, such as TRADING_POSTGRES_HOST, counts before the one all \
      services share, POSTGRES_HOST:

        LISTEN_HOST, LISTEN_PORT             where to answer; 127.0.0.1 and a port of the system's
        TLS_CERTIFICATE, TLS_KEY, TLS_CA     PEM files: who it is to the mesh, and whom it believes;
                                             read again when they change, and at SIGHUP
        TLS_DENY_LIST                        a file of peers that are refused, read in the same way
        MESH_DIRECTORY                       the folder that says where the services are
        MESH_TARGET_TRADING …                where a service is instead, such as dns:///host:port
        POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DATABASE, POSTGRES_ROLE, POSTGRES_PASSWORD_FILE
        DATABASE_URL                         these in one line: postgresql://role:password@host:port/database
        KAFKA_BROKERS                        host:port[,host:port…] or file:/absolute/path
        ADMIN_HOST, ADMIN_PORT               where operators are answered; 127.0.0.1 and any port
        DRAIN_LIMIT, LOG_LEVEL, LOG_FORMAT   seconds; info; json, text or automatic

      The README of each service lists its own. With a wrong setting no port is opened.
      """)

  @Argument(help: "The services' names: marketdata, auth, asset, exchange, broker, trading.")
  var services: [String] = []

  @Flag(help: "Run every service in this process.")
  var all = false

  func validate() throws {
    if all, !services.isEmpty {
      throw ValidationError("--all runs every service: give it without names")
    }
    if !all, services.isEmpty {
      throw ValidationError(
        "say which services: `alphintra serve trading`, or `alphintra serve --all`")
    }
    _ = try ServiceCatalog.named(services)
  }

  func run() async throws {
    try await ProgramStart.run("alphintra") { reader, logger in
      let definitions = all ? ServiceCatalog.all : try ServiceCatalog.named(services)
      try await ServiceRunner.run(
        definitions, descriptors: AllContracts.descriptors, reader: reader, logger: logger)
    }
  }
}
