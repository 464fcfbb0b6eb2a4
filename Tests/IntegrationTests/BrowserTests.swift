import Foundation
import TestSupport
import Testing

@testable import DevPlatform

/// The gateway's pages as a person sees them: in a browser, against the whole platform.
@Suite struct BrowserTests {
  /// Where the screenshots stay, to be looked at.
  private static var screenshots: String { "\(PythonPeer.repository)/.build/screenshots" }

  @Test(
    "register, be funded, see quotes move, place, amend, fill, cancel; by mouse, by keys, after a loss",
    .timeLimit(.minutes(15)))
  func livePage() async throws {
    try FileManager.default.createDirectory(
      atPath: Self.screenshots, withIntermediateDirectories: true)
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) { platform in
      // The market has quotes for who comes first.
      let client = try await platform.client()
      _ = try await Trader.patiently { try await client.quote(of: Trader.symbol) }
      let operatorAccount = [
        "email": PlatformOperator.email, "password": try platform.operator().password,
      ]
      _ = try await PythonPeer.run(
        script: "live_page.py", arguments: [await platform.url, Self.screenshots],
        input: Array(try JSONEncoder().encode(operatorAccount)))
    }
  }
}
