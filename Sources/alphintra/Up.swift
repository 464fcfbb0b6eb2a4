import ArgumentParser
import DevPlatform
import Foundation
import Logging
import Observability
import UnixSignals

/// `alphintra up`: the manifests of a cluster as processes of this machine, until Ctrl-C.
struct Up: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run Kubernetes manifests as processes of this machine until Ctrl-C.",
    discussion: """
      Each Deployment has as many pods as it asks for; a pod is a process with an address of its own in 127.0.0.0/8, so that the \
      ports are those of the manifests. Environment, ConfigMaps and Secrets, mounted files, startup, readiness and liveness \
      probes, restarts, graces and rolling updates are as in a cluster. Jobs run before the Deployments.

      StatefulSets of the images postgres, kafka and redis are a private PostgreSQL, the development broker, and redis-server if \
      it is installed. The secrets <service>-tls and auth-signing-key come from an authority of development, and operator-account is drawn. Autoscalers, budgets, \
      policies and accounts mean nothing here and are left out.

      A changed manifest is noticed and applied, also at SIGHUP: pods are replaced a few at a time, as the strategy says. What \
      pods log is shown behind their names.

        alphintra up -f deploy/kubernetes
      """)

  @Option(
    name: [.customShort("f"), .long],
    help: ArgumentHelp("A folder with a kustomization.yaml, or a file.", valueName: "path"))
  var file = "deploy/kubernetes"

  @Option(help: "The folder of the state.")
  var folder = ".up"

  @Option(help: "The port of the Service for the outside; 0 for one of the system's choice.")
  var port = Platform.Options.defaultGatewayPort

  @Option(help: "The file of daily bars to replay.")
  var bars: String?

  @Option(help: "The folder of the programs; that of this one by default.")
  var programs: String?

  @Flag(help: "Do not show what pods log; it is in the folder's log.")
  var quiet = false

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port is a port, 0 to 65535, got \(port)")
    }
  }

  func run() async throws {
    LoggingSystem.bootstrapLines(level: .error, format: .automatic)
    let console = Console()
    var options = LocalCluster.Options(manifests: file, folder: folder)
    options.port = port
    if let bars { options.barsPath = URL(filePath: bars).standardizedFileURL.path }
    if let programs { options.programsFolder = URL(filePath: programs).standardizedFileURL.path }
    options.progress = { console.show($0) }
    console.print("Starting \(file); the state is in \(folder).")
    _ = try await Interruptible.run(onSignal: { console.print("Stopping.") }) { [options, quiet] in
      let follower = LogFollower(folder: options.logFolder) { name, line in
        console.print("\(name) | \(line)")
      }
      let logs = quiet ? nil : Task { await follower.run() }
      defer { logs?.cancel() }
      let cluster = try await LocalCluster.start(options)
      await console.print(Self.guide(cluster))
      await Self.follow(cluster, console)
      await cluster.stop()
      logs?.cancel()
      await logs?.value
    }
    console.print("Stopped.")
  }

  /// Applies what changes, until the task is cancelled.
  private static func follow(_ cluster: LocalCluster, _ console: Console) async {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in signals { await apply(cluster, console) }
      }
      await ManifestWatch(cluster.options.manifests).run { await apply(cluster, console) }
      group.cancelAll()
    }
  }

  private static func apply(_ cluster: LocalCluster, _ console: Console) async {
    do {
      try await cluster.apply()
      console.print("applied \(cluster.options.manifests)")
    } catch {
      console.print("not applied: \(error)")
    }
  }

  private static func guide(_ cluster: LocalCluster) async -> String {
    let pods = await cluster.view.map {
      "    \($0.name)  http://\($0.address):9090"
    }
    let port = await cluster.port(of: "gateway")
    return """

      All pods are ready. Operators are answered at

      \(pods.joined(separator: "\n"))

      and clients at https://localhost:\(port ?? 0): curl --cacert \(cluster.authorityPath) https://localhost:\(port ?? 0)/api/market-data/symbols

      \(PlatformOperator.email) logs in with the password in \((try? cluster.operator())?.passwordPath ?? "")

      Change a manifest, or kill a pod. Stop with Ctrl-C.
      """
  }
}
