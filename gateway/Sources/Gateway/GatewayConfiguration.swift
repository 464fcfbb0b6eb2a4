/// How a gateway is set up, beside the services behind it.
public struct GatewayConfiguration: Sendable {
  /// The limits.
  public var limits: GatewayLimits

  /// The origins whose pages may open a WebSocket, beside the gateway's own: `https://app.example.com`.
  public var allowedOrigins: [String]

  /// States a configuration.
  public init(limits: GatewayLimits = GatewayLimits(), allowedOrigins: [String] = []) {
    self.limits = limits
    self.allowedOrigins = allowedOrigins
  }
}
