import Gateway
import ProcessKit

extension GatewaySettings {
  /// Reads what callers may ask for in a time: `rate.<class>`, `rate.callers`, `trusted_proxies`.
  static func rateLimits(_ settings: inout Settings) -> RateLimits {
    var limits = RateLimits()
    for (name, standard) in RateLimits.standard.sorted(by: { $0.key < $1.key }) {
      let key = "rate." + name.map { $0 == "-" ? "_" : String($0) }.joined()
      let limit = settings.value(
        key, rule: "must be requests/seconds such as 100/60, or none", default: .some(standard),
        parse: { rateLimit($0, like: standard) })
      // What is wrong has been noted: the process does not start.
      limits.classes[name] = limit ?? standard
    }
    if settings.has("redis.url") { limits.store = redis(&settings) }
    limits.storeTimeout = settings.seconds(
      "redis.timeout", in: 0.001...10, default: limits.storeTimeout)
    limits.replicas = settings.integer("replicas", in: 1...1_000, default: limits.replicas)
    limits.callers = settings.integer(
      "rate.callers", in: 1...10_000_000, default: limits.callers)
    let proxies = settings.value(
      "trusted_proxies", rule: "must be addresses such as 10.0.0.0/8, by commas",
      default: TrustedProxies([]), parse: proxies)
    limits.trustedProxies = proxies ?? TrustedProxies([])
    return limits
  }

  /// The store that gateways share: `redis.url`, `.username`, `.password_file`, `.ca`.
  private static func redis(_ settings: inout Settings) -> RedisAddress? {
    var address = settings.value(
      "redis.url", rule: "must be redis://host:port/database or rediss://…, without a password",
      // Who puts a password there all the same does not find it in a log.
      isSecret: true, parse: RedisAddress.init)
    if settings.has("redis.username") { address?.username = settings.string("redis.username") }
    if settings.has("redis.password_file") { address?.password = settings.secret("redis.password") }
    if address?.isSecure == true { address?.authoritiesPath = settings.file("redis.ca") }
    return address
  }

  /// A limit, `.some(nil)` for none, nil for what is neither.
  private static func rateLimit(_ text: String, like standard: RateLimit) -> RateLimit?? {
    if text == "none" { return .some(nil) }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let requests = Int(parts[0]), let seconds = Int(parts[1]),
      (1...1_000_000).contains(requests), (1...86_400).contains(seconds)
    else { return nil }
    return .some(standard.with(requests, per: .seconds(seconds)))
  }

  private static func proxies(_ text: String) -> TrustedProxies? {
    let blocks = text.split(separator: ",").map { entry in
      AddressBlock(entry.filter { !$0.isWhitespace })
    }
    let known = blocks.compactMap(\.self)
    return known.count == blocks.count ? TrustedProxies(known) : nil
  }
}
