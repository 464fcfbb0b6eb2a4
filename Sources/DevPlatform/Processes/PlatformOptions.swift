import Certificates
public import Foundation

extension Platform {
  /// How a platform is run.
  public struct Options: Sendable {
    /// Where the gateway listens under `alphintra dev`.
    public static let defaultGatewayPort = 8443
    /// Where PostgreSQL listens under `alphintra dev`.
    public static let defaultPostgresPort = 15_432
    /// The bars in the repository.
    public static let bars = "deploy/dev/data/stocks.csv.gz"

    /// The folder of the state: database, certificates, logs.
    ///
    /// Made when it is missing.
    public var folder: String
    /// The gateway's port on 127.0.0.1; one of the system's choice when nil.
    public var gatewayPort: Int?
    /// The port of PostgreSQL on 127.0.0.1; one of the system's choice when nil.
    public var postgresPort: Int?
    /// The folder of `alphintra` and `alphintra-gateway`.
    public var programsFolder = Self.ownFolder
    /// The file of daily bars that market data replays.
    public var barsPath = URL(filePath: Self.bars).standardizedFileURL.path
    /// How long certificates last, in seconds; they are issued anew at the half of it.
    public var certificateLifetime = CertificateFolder.leafLifetime
    /// How many seconds of market time pass in a second; the service's default when nil.
    public var replaySpeed: Int?
    /// What the made-up part of the replay is drawn from; the service's default when nil.
    public var replaySeed: Int?
    /// How many processes there are of each service, and of the gateway; at least 1.
    ///
    /// The gateways listen on ``gatewayPort`` and the ports behind it.
    public var replicas = 1
    /// The symbols whose orders are executed at the simulated exchange; all others are the paper venue's.
    ///
    /// Where there are none, neither the exchange nor the broker service runs.
    public var routedSymbols = ["FB"]
    /// Whether a process that has died is started again, rather than the rest stopped.
    public var restartsProcesses = false
    /// The program that is the broker, with its arguments, instead of the development broker.
    ///
    /// It is also given `--address-file` and a path: there it says where it listens, before it tells by
    /// sd_notify(3) that it serves.
    public var brokerCommand: [String] = []
    /// Where the processes send their spans, such as `http://localhost:4317`; nil leaves it to the environment.
    public var traceCollector: String?
    /// Whether commits wait for the disk; off only where the data may be lost.
    public var waitsForDisk = true
    /// Whether the folder is removed at the end.
    public var isTemporary = false
    /// More variables for single processes, such as `TRADING_CRASH_AT`.
    public var environment: [PlatformMember: [String: String]] = [:]
    /// Told of every step.
    public var progress: @Sendable (PlatformProgress) -> Void = { _ in }

    /// A platform whose state is kept in a folder.
    public init(folder: String) { self.folder = folder }

    /// A platform on free ports in a folder of its own, which goes away with it.
    public static func temporary() throws(PlatformError) -> Options {
      var template = Array("/tmp/alphintra-XXXXXX".utf8CString)
      let path = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
      }
      guard let path else {
        throw .folderFailed("/tmp", String(cString: strerror(errno)))
      }
      // Others may pass through, as the server's user must, and not look around.
      chmod(path, 0o711)
      var options = Options(folder: path)
      options.waitsForDisk = false
      options.isTemporary = true
      return options
    }

    /// The services that run, in the order in which they are started.
    public var services: [PlatformMember] {
      let executesElsewhere = !routedSymbols.isEmpty
      return PlatformMember.services.filter {
        executesElsewhere || ![.exchange, .brokerService].contains($0)
      }
    }

    /// The folder of the program that runs, links resolved.
    static var ownFolder: String {
      URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    }
  }
}
