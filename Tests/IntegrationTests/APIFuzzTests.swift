import TestSupport
import Testing

@testable import DevPlatform

/// What the OpenAPI document promises, held by a program that reads nothing else: requests drawn from the schemas, with and
/// without flaws, one after the other and in sequences.
///
/// Peer: schemathesis. No request is answered with 5xx, each answer has a status, headers and a body as documented, no
/// route is open without a token, and methods that are not there are refused as RFC 9110 has it.
@Suite struct APIFuzzTests {
  /// What has to be done by staff; a trader is refused.
  private static let staffRoutes = "/api/(deposits|trial-balance|accounts)"
  /// What lets nobody in whose password or token is drawn.
  private static let openRoutes = "/api/auth/(login|refresh|register)"
  /// What would end the session that the requests belong to.
  private static let endingRoutes = "/api/auth/(logout|sessions)"

  @Test("whatever is sent, the gateway answers as documented", .timeLimit(.minutes(10)))
  func requests() async throws {
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) { platform in
      let trader = try await Trader.signUp("ada", on: platform)
      try await fuzz(
        platform, as: try #require(trader.client.token),
        [
          "--exclude-path-regex",
          "\(Self.staffRoutes)|\(Self.openRoutes)|\(Self.endingRoutes)",
        ])
      try await fuzz(
        platform, as: try #require(trader.client.token),
        ["--include-path-regex", Self.openRoutes, "--warnings", "off"])
      let desk = try await platform.operator().logIn(try await platform.client())
      try await fuzz(
        platform, as: try #require(desk.token), ["--include-path-regex", Self.staffRoutes])
    }
  }

  private func fuzz(_ platform: Platform, as token: String, _ arguments: [String]) async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Program.run(
      try PythonPeer.program("schemathesis"),
      [
        "--config-file", "\(PythonPeer.repository)/Tests/Support/python/schemathesis.toml",
        "run", "\(PythonPeer.repository)/gateway/openapi.json", "--url", platform.url,
        "--tls-verify", platform.authorityPath,
        "--header", "Authorization: Bearer \(token)",
        "--max-examples", "10", "--continue-on-failure", "--report-dir", folder.path,
      ] + arguments, in: folder.path)
    #expect(outcome.exitCode == 0, "\(outcome.output.suffix(20_000)) \(outcome.errors)")
  }
}
