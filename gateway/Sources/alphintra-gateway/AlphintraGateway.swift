import ArgumentParser
import Configuration
import Foundation
import Gateway
import Logging
import Observability
import ProcessKit
import ServiceLifecycle
import TLS
import UnixSignals

@main
struct AlphintraGateway: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alphintra-gateway",
    abstract: "The edge: REST and WebSocket outside, RPCs inside.",
    discussion: """
      All settings come from the environment, and from the JSON file that ALPHINTRA_CONFIG names:

        GATEWAY_LISTEN_HOST, GATEWAY_LISTEN_PORT          where to listen; 127.0.0.1 and 8443
        GATEWAY_TLS_CERTIFICATE, GATEWAY_TLS_KEY          PEM files for the outside
        GATEWAY_MESH_CERTIFICATE, GATEWAY_MESH_KEY        PEM files that prove the gateway to services
        TLS_CA                                            PEM file of the mesh's authority
        TLS_DENY_LIST                                     file of services that are refused
        MESH_DIRECTORY                                    folder that says where the services are
        MESH_TARGET_TRADING …                             where a service is instead: dns:///host:port
        GATEWAY_ALLOWED_ORIGINS                           pages that may open a WebSocket, by commas
        ADMIN_HOST, ADMIN_PORT                            where operators are answered; 127.0.0.1, any
        OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER … where spans are sent, and which; nowhere
        DRAIN_LIMIT, LOG_LEVEL, LOG_FORMAT                seconds; info; json, text or automatic

      gateway/README.md lists the limits. With a wrong setting no port is opened and the exit code
      is 64. SIGTERM and SIGINT stop the gateway in good order; SIGHUP has it read the PEM files
      again, as it does when they change.
      """)

  func run() async throws {
    let server: GatewayServer
    let logger: Logger
    do {
      let reader = try await Settings.standardReader()
      let log = try LogConfiguration(reader)
      let settings = try GatewaySettings(reader)
      LoggingSystem.bootstrapLines(
        level: log.level, format: log.format, cloudProject: log.cloudProject)
      logger = Logger(label: "gateway")
      server = try GatewayServer(settings, logger: logger)
    } catch let error where error is ConfigurationError || error is TLSError {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      throw ExitCode(ConfigurationError.exitCode)
    }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
  }
}
