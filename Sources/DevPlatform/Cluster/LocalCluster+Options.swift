import DevTools
import Foundation

extension LocalCluster {
  /// How manifests are run.
  public struct Options: Sendable {
    /// A folder with a `kustomization.yaml`, or a file.
    public var manifests: String
    /// The folder of the state: database, certificates, logs.
    public var folder: String
    /// The port on 127.0.0.1 of the Service for the outside; zero lets the system choose.
    public var port = 0
    /// The folder of `alphintra` and `alphintra-gateway`: what the image holds.
    public var programsFolder = Platform.Options.ownFolder
    /// The file of daily bars, which the image holds, too.
    public var barsPath = URL(filePath: Platform.Options.bars).standardizedFileURL.path
    /// How long pods may take to become ready.
    public var settlingTimeout: Duration = .seconds(300)
    /// Whether the folder is removed at the end.
    public var isTemporary = false
    /// Told of every step.
    public var progress: @Sendable (PlatformProgress) -> Void = { _ in }

    /// Manifests to be run, and where the state is kept.
    public init(manifests: String, folder: String) {
      self.manifests = manifests
      self.folder = folder
    }

    /// The folder of the processes' logs, each `<pod>.log`.
    public var logFolder: String { "\(PlatformPaths(folder: folder).folder)/log" }

    func check() throws(PlatformError) {
      for program in ["alphintra", "alphintra-gateway"] {
        let path = "\(programsFolder)/\(program)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
          throw .missingProgram(path)
        }
      }
      guard FileManager.default.isReadableFile(atPath: barsPath) else {
        throw .missingFile(barsPath, what: "the price data")
      }
      if port != 0, !LoopbackPort.isFree(port) { throw .portTaken(port, flag: "--port") }
    }
  }
}

extension Manifests {
  /// Every port on which a pod listens.
  var containerPorts: [Int] {
    let containers = deployments.flatMap(\.spec.template.spec.containers)
    return Set(containers.flatMap { $0.ports ?? [] }.map(\.containerPort)).sorted()
  }
}
