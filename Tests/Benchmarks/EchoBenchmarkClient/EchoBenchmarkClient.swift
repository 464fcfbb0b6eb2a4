import ArgumentParser
import BenchContract
import Foundation
import Mesh
import NIOPosix
import Observability
import RPC
import TLS

/// Calls `bench.v1.EchoService/Echo` of any server, and says what the calls cost this process.
@main struct EchoBenchmarkClient: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Calls bench.v1.EchoService/Echo over mutual TLS, as a service of the mesh does.",
    discussion: """
      Prints the microseconds of CPU that a call took this process, and the calls a second. With --hold it
      makes the calls, prints `holding` and keeps its connections until it is ended.
      """)

  @Option(help: "The server's port on this machine.")
  var port: Int

  @Option(help: "The client's certificate chain, a PEM file.")
  var certificate: String

  @Option(help: "The certificate's private key, a PEM file.")
  var key: String

  @Option(help: "The authorities of the server, a PEM file.")
  var ca: String

  @Option(help: "The service that the server's certificate names.")
  var service = "server"

  @Option(help: "How many calls are measured.")
  var calls = 200_000

  @Option(help: "How many calls are made first and not measured.")
  var warmUp = 20_000

  @Option(help: "How many calls are under way at a time.")
  var inFlight = 100

  @Option(help: "The number of connections; each call takes the next one.")
  var connections = 1

  @Flag(help: "Keep the connections when the calls are made.")
  var hold = false

  func validate() throws {
    for (name, value) in [
      ("--calls", self.calls), ("--in-flight", self.inFlight), ("--connections", self.connections),
    ] where value < 1 {
      throw ValidationError("\(name) must be at least 1, not \(value)")
    }
  }

  func run() async throws {
    let channels = self.channels()
    if self.warmUp > 0 { try await self.call(channels, self.warmUp) }
    let (cpu, start) = (Self.cpuTime(), ContinuousClock.now)
    try await self.call(channels, self.calls)
    let (spent, elapsed) = (Self.cpuTime() - cpu, ContinuousClock.now - start)
    let line =
      self.hold
      ? "holding\n"
      : String(
        format: "%.2f %.0f\n", spent / Double(self.calls) * 1e6,
        Double(self.calls) / (elapsed / .seconds(1)))
    // Not `print`, which keeps a line back when nobody looks at the terminal.
    FileHandle.standardOutput.write(Data(line.utf8))
    // Until the benchmark ends the process.
    if self.hold { try await Task.sleep(for: .seconds(24 * 3600)) }
    withExtendedLifetime(channels) {}
  }

  private func channels() -> [MeshChannel] {
    var configuration = MeshChannel.Configuration(
      identity: TLSConfiguration.Identity(
        certificateChainPath: self.certificate, privateKeyPath: self.key),
      trustedAuthoritiesPath: self.ca)
    configuration.metrics = MetricsRegistry()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let target = Target.fixed([ServiceAddress(host: "127.0.0.1", port: self.port)])
    return (0..<self.connections).map { [configuration] _ in
      MeshChannel(
        to: self.service, at: target, in: ServiceDirectory([:]), configuration, group: group)
    }
  }

  private func call(_ channels: [MeshChannel], _ calls: Int) async throws {
    let workers = min(self.inFlight, calls)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<workers {
        let share = calls / workers + (worker < calls % workers ? 1 : 0)
        group.addTask {
          for call in 0..<share {
            let channel = channels[(worker + call * workers) % channels.count]
            let answer = try await BenchV1.EchoServiceClient(channel).echo(
              Self.order, options: CallOptions(timeout: .seconds(60)))
            guard answer == Self.order else { throw WrongAnswer() }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// The order of `peers/order.txtpb`.
  private static let order: BenchV1.Order = {
    var order = BenchV1.Order()
    order.symbol = "AAPL.NASDAQ"
    order.account = "ACC-0012345"
    order.clientOrderID = "c5f3b1e2-77aa-4f0e-9d3b"
    order.note = "limit order good till cancel"
    order.quantity = 1_500_000
    order.price = 187.25
    order.stopPrice = 180.5
    return order
  }()

  private struct WrongAnswer: Error, CustomStringConvertible {
    var description: String { "the server's answer is not what it was sent" }
  }

  /// User and system time of this process, in seconds.
  private static func cpuTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return [usage.ru_utime, usage.ru_stime].reduce(0) {
      $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
    }
  }
}
