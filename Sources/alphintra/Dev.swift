import ArgumentParser
import DevPlatform
import Foundation
import Logging
import Observability

/// `alphintra dev`: the whole platform on this machine, until Ctrl-C.
struct Dev: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the whole platform on this machine until Ctrl-C.",
    discussion: """
      PostgreSQL, the development broker, certificates, migrations, the services and the gateway, \
      each as a process of its own, or as several (--replicas): the gateways then listen on --port and \
      the ports behind it. The state stays in the folder: the next run goes on from there; \
      remove it to start afresh.
      """)

  @OptionGroup var platform: PlatformFlags

  @Option(help: "The folder of the state.")
  var folder = ".dev"

  @Option(help: "The gateway's port; 0 for one of the system's choice.")
  var port = Platform.Options.defaultGatewayPort

  @Option(help: "The port of PostgreSQL; 0 for one of the system's choice.")
  var postgresPort = Platform.Options.defaultPostgresPort

  @Option(
    help:
      "How many processes of each service and of the gateway; dead ones are started again if it is more than one."
  )
  var replicas = 1

  func validate() throws {
    guard (1...Self.replicasLimit).contains(replicas) else {
      throw ValidationError("--replicas is 1 to \(Self.replicasLimit), got \(replicas)")
    }
    for (name, value) in [("--port", port), ("--postgres-port", postgresPort)]
    where !(0...65_535).contains(value) {
      throw ValidationError("\(name) is a port, 0 to 65535, got \(value)")
    }
  }

  /// More would be more than a machine for development has room for.
  private static let replicasLimit = 8

  func run() async throws {
    LoggingSystem.bootstrapLines(level: .error, format: .automatic)
    let console = Console()
    var options = Platform.Options(folder: folder)
    options.gatewayPort = port == 0 ? nil : port
    options.postgresPort = postgresPort == 0 ? nil : postgresPort
    options.replicas = replicas
    options.restartsProcesses = replicas > 1
    platform.apply(to: &options)
    options.progress = { console.show($0) }
    console.print("Starting the platform; its state is in \(folder).")
    _ = try await Interruptible.run(
      onSignal: { console.print("Stopping.") },
      { [options] in
        try await Platform.run(options) { platform in
          console.print(try await DevGuide(platform).text)
          // Until the process is told to stop: nothing is ever sent.
          let (nothing, continuation) = AsyncStream.makeStream(of: Never.self)
          for await _ in nothing {}
          continuation.finish()
        }
      })
    console.print("Stopped.")
  }
}

/// What `dev` and `demo` have in common.
struct PlatformFlags: ParsableArguments {
  @Option(help: "The file of daily bars to replay.")
  var bars: String?

  @Option(help: "Seconds of market time that pass in a second.")
  var speed: Int?

  @Option(help: "The folder of the programs; that of this one by default.")
  var programs: String?

  @Option(help: "Where spans are sent, by OTLP over gRPC, such as http://localhost:4317.")
  var otlpEndpoint: String?

  func apply(to options: inout Platform.Options) {
    options.traceCollector = otlpEndpoint
    if let bars { options.barsPath = URL(filePath: bars).standardizedFileURL.path }
    if let speed { options.replaySpeed = speed }
    if let programs { options.programsFolder = URL(filePath: programs).standardizedFileURL.path }
  }
}
