internal import EdgeClient
internal import NIOHTTP1

extension Platform {
  /// How long the gateway may take to answer once it listens.
  static let healthTimeout: Duration = .seconds(60)
  private static let pollInterval: Duration = .milliseconds(50)

  /// A client of the edge that trusts its certificate.
  ///
  /// - Parameter gateway: the number of the gateway it knows, from 1.
  public func client(gateway: Int = 1) throws -> PlatformClient {
    guard (1...ports.count).contains(gateway) else {
      throw PlatformError.notStarted(PlatformReplica(member: .gateway, number: gateway).name)
    }
    return try PlatformClient(port: ports[gateway - 1], authorityPath: authorityPath)
  }

  /// Asks a gateway for its readiness until it says yes.
  func waitUntilHealthy(port: Int) async throws {
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
    throw PlatformError.notHealthy(
      url: "https://localhost:\(port)/readyz", after: Self.healthTimeout, last: last)
  }
}
