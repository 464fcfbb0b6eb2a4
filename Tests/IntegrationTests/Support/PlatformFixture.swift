import Foundation
import Testing

@testable import DevPlatform

/// The whole platform, as separate processes, for the length of one test.
enum PlatformFixture {
  /// Market time runs fast enough that a limit order near the market meets its price soon.
  private static let replaySpeed = 120

  /// Starts a platform of its own on free ports, and stops it whatever happens.
  ///
  /// A failure is told with the ends of the logs of those that settle an order.
  ///
  /// - Parameter symbols: whose orders are executed at the simulated exchange; with none, neither it nor the
  ///   broker service runs, for each process costs its start.
  static func run(
    routing symbols: [String] = [],
    _ change: (inout Platform.Options) throws -> Void = { _ in },
    _ body: (Platform) async throws -> Void
  ) async throws {
    var options = try Platform.Options.temporary()
    options.replaySpeed = replaySpeed
    options.routedSymbols = symbols
    options.barsPath = repositoryFile(Platform.Options.bars)
    // One address is all the users of a test, and one that waits for an order asks more often than a client would.
    for rateClass in ["AUTH", "ORDERS", "MARKET_DATA", "STREAMS"] {
      options.environment[.gateway, default: [:]]["GATEWAY_RATE_\(rateClass)"] = "none"
    }
    try change(&options)
    let platform = try await Platform.start(options)
    do {
      try await body(platform)
    } catch {
      // One record, with the cause in front: what reports a run may cut the rest off.
      let told = (options.services.drop { $0 != .asset } + [.gateway]).map { member in
        "\(member.name) said last:\n\(LogEnd(of: platform.logFile(of: member)))"
      }
      Issue.record("\(error)\n\(told.joined(separator: "\n"))")
      await platform.stop()
      throw error
    }
    await platform.stop()
  }

  private static func repositoryFile(_ path: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: path).path
  }
}
