public import GatewayContract
internal import NIOHTTP1

extension PlatformClient {
  /// What a client's first screen needs, as far as it can be had.
  public func dashboard() async throws -> GatewayV1.Dashboard {
    try await send(.GET, "/api/dashboard", as: GatewayV1.Dashboard.self)
  }
}
