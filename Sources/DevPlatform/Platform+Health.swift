internal import EdgeClient
internal import NIOHTTP1

extension Platform {
  /// How long the gateway may take to answer once it listens.
  static let healthTimeout: Duration = .seconds(60)
  private static let pollInterval: Duration = .milliseconds(50)

  /// A client of the edge that trusts its certificate.
  public func client() throws -> PlatformClient {
    try PlatformClient(port: port, authorityPath: authorityPath)
  }

  /// Asks the gateway for its readiness until it says yes.
  func waitUntilHealthy() async throws {
    let edge = try EdgeClient(port: port, trustedAuthoritiesPath: authorityPath)
    let end = ContinuousClock.now + Self.healthTimeout
    var last = "no answer"
    while ContinuousClock.now < end {
      do {
        let response = try await edge.send(.GET, "/readyz")
        if response.status == 200 { return }
        last = "\(response.status) \(response.text)"
      } catch {
        try Task.checkCancellation()
        last = "\(error)"
      }
      try await Task.sleep(for: Self.pollInterval)
    }
    throw PlatformError.notHealthy(url: "\(url)/readyz", after: Self.healthTimeout, last: last)
  }
}
