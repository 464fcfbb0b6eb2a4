public import ProcessKit

/// How a gateway is set up, beside the services behind it.
public struct GatewayConfiguration: Sendable {
  /// The limits.
  public var limits: GatewayLimits

  /// The origins whose pages may use the gateway, beside its own: `https://app.example.com`.
  public var allowedOrigins: [String]

  /// How long browsers may remember what pages of other origins may send.
  public var preflightAge: Duration = .seconds(600)

  /// What callers may ask for in a time.
  public var rateLimits: RateLimits

  /// For how long browsers are told to come by HTTPS only (RFC 6797); zero does not tell them.
  public var strictTransportSecurity: Duration = .seconds(365 * 24 * 3600)

  /// Where a test ends the process; nowhere unless told.
  public var crashPoints = CrashPoints.none

  /// States a configuration.
  public init(
    limits: GatewayLimits = GatewayLimits(), allowedOrigins: [String] = [],
    rateLimits: RateLimits = RateLimits()
  ) {
    self.limits = limits
    self.rateLimits = rateLimits
    self.allowedOrigins = allowedOrigins
  }
}
