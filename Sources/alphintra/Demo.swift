import ArgumentParser
import DevPlatform
import Logging
import Observability

/// `alphintra demo`: the first order from REST to the WebSocket, checked.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prove on this machine that orders travel, fill and add up.",
    discussion: """
      Brings the platform up on free ports in a temporary folder, then acts as a client of the edge \
      and nothing else: registers, logs in, opens a WebSocket, places orders, cancels one, has one executed at the \
      simulated exchange, and shows what is streamed. From the fills it computes orders and positions itself and compares; it \
      checks each fill's price against the quote of the sequence the fill states. The exit code is 1 \
      if anything differs or a step takes too long.
      """)

  @OptionGroup var platform: PlatformFlags

  @Flag(help: "Keep the folder with the logs at the end.")
  var keep = false

  func run() async throws {
    LoggingSystem.bootstrapLines(level: .error, format: .automatic)
    let console = Console()
    var options = try Platform.Options.temporary()
    options.isTemporary = !keep
    platform.apply(to: &options)
    options.progress = { console.show($0) }
    console.print("Starting the platform in \(options.folder).")
    let end = try await Interruptible.run(
      onSignal: { console.print("Stopping.") },
      { [options] in
        try await Platform.run(options) { platform in
          let demo = try await DemoRun(
            platform.client(), operator: platform.operator(), routing: options.routedSymbols
          ) { console.print($0) }
          let report = try await demo.run()
          console.print(report.summary)
          guard report.isGood else { throw DemoError.differs(logs: "\(options.folder)/log") }
        }
      })
    if case .interrupted = end { throw ExitCode(Self.interruptedExitCode) }
  }

  /// As a shell reports a program that SIGINT ended.
  private static let interruptedExitCode: Int32 = 130
}
