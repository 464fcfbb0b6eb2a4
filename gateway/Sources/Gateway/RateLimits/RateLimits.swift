/// The limits of the edge by class; a contract says which class an RPC counts against (`rate_class`).
public struct RateLimits: Sendable, Hashable {
  /// The limits by the name of their class.
  ///
  /// RPCs of other classes, and of none, are not counted.
  public var classes: [String: RateLimit]

  /// How many callers of one class are counted apart.
  ///
  /// Callers beyond share windows with each other: none of
  /// them gets more than the limit, some may get less.
  public var callers = 100_000

  /// Where the gateways of one platform count together; nil counts in memory, each for itself.
  public var store: RedisAddress?

  /// How long the store may take to answer; then the gateway counts for itself.
  public var storeTimeout: Duration = .milliseconds(100)

  /// How many gateways share the limits, for what each may admit while the store is away.
  public var replicas = 1

  /// The proxies whose `X-Forwarded-For` is believed.
  public var trustedProxies = TrustedProxies([])

  /// States limits.
  public init(_ classes: [String: RateLimit] = Self.standard) {
    self.classes = classes
  }

  /// The limits of the platform.
  public static let standard: [String: RateLimit] = [
    "auth": RateLimit(10, per: .seconds(60), of: .address, alone: .share),
    "orders": RateLimit(100, per: .seconds(60), of: .user, alone: .share),
    "market-data": RateLimit(1000, per: .seconds(60), of: .user, alone: .whole),
    // A client that opens all of its channels anew whenever its connection is lost needs a handful at a time.
    "streams": RateLimit(120, per: .seconds(60), of: .user, alone: .whole),
    "backtest": RateLimit(5, per: .seconds(3600), of: .user, alone: .share),
  ]

  /// No limits.
  public static let none = RateLimits([:])
}
