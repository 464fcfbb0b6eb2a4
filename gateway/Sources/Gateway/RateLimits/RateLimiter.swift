internal import Core
internal import Logging
internal import NIOCore
internal import Observability
internal import Synchronization
internal import TLS

/// Whom a limit counts a request for.
enum RateSubject: Sendable, Hashable {
  case user(String)
  /// Nil where the connection has no address of the internet.
  case address(IPAddress?)
}

/// What became of a request that counts against a class.
struct RateDecision: Sendable, Hashable {
  let rateClass: String
  /// The limit that was applied.
  let requests: Int
  /// Its window in seconds.
  let windowSeconds: Int64
  let verdict: SlidingWindow.Verdict

  /// The seconds of the verdict's wait, rounded up: who waits so long has waited long enough.
  var waitSeconds: Int { Int((verdict.wait + 999_999) / 1_000_000) }

  /// What a response says of it: draft-ietf-httpapi-ratelimit-headers-10.
  var headers: [(name: String, value: String)] {
    [
      ("ratelimit-policy", "\"\(rateClass)\";q=\(requests);w=\(windowSeconds)"),
      ("ratelimit", "\"\(rateClass)\";r=\(verdict.remaining);t=\(waitSeconds)"),
    ]
  }
}

/// Counts requests by class and caller: in memory, and, where there is one, in the store that gateways share.
///
/// A request has to be admitted by both. Memory alone keeps every gateway within the limit, also when the store is
/// emptied or its clock is set; the store keeps all gateways together within it. While the store is away a gateway
/// admits what the class says for that case, of what it has admitted itself.
final class RateLimiter: Sendable {
  /// How a gateway reaches the store.
  private struct Store: Sendable {
    let address: RedisAddress
    let context: TLSContext?
  }

  private let classes: [String: CountedClass]
  private let limits: RateLimits
  private let store: Store?
  private let shared = Mutex<SharedWindows?>(nil)
  private let logger: Logger

  /// Counts against these limits.
  ///
  /// - Parameter clock: One that is never set.
  /// - Throws: `TLSError` where the authorities of the store cannot be read.
  init(
    _ limits: RateLimits, clock: any Core.Clock, metrics: MetricsRegistry, logger: Logger
  ) throws(TLSError) {
    self.limits = limits
    self.logger = logger
    store =
      if let address = limits.store {
        Store(address: address, context: try address.tlsContext())
      } else {
        nil
      }
    classes = Dictionary(
      uniqueKeysWithValues: limits.classes.map { name, limit in
        (name, CountedClass(name, limit, callers: limits.callers, clock: clock, metrics))
      })
    guard store != nil else { return }
    metrics.gauge(
      "gateway_rate_limit_store_up", "Whether the store that gateways share answers."
    ) { [weak self] in self?.shared.withLock { $0 }?.client.isUp == true ? 1 : 0 }
  }

  /// Begins to count together with other gateways, where there is a store.
  func start(on loop: any EventLoop) {
    guard let store else { return }
    let client = RedisClient(
      store.address, store.context, timeout: limits.storeTimeout, loop: loop, logger: logger)
    shared.withLock { $0 = SharedWindows(client: client) }
    client.start()
  }

  /// Ends the connection to the store.
  func stop() {
    shared.withLock { $0 }?.client.stop()
  }

  /// Whether the store answers.
  var sharesWindows: Bool { shared.withLock { $0 }?.client.isUp ?? false }

  /// The limit of a class; nil where there is none.
  func limit(of rateClass: String?) -> RateLimit? {
    rateClass.flatMap { classes[$0]?.limit }
  }

  /// Counts a request; nil where its class has no limit.
  func admit(_ subject: RateSubject, to rateClass: String) async -> RateDecision? {
    guard let counted = classes[rateClass] else { return nil }
    let limit = counted.limit
    let (own, time) = counted.admit(subject, limit: limit.requests)
    guard store != nil else { return counted.decision(own, limit.requests, .alone) }
    guard let windows = shared.withLock({ $0 }), windows.client.isUp else {
      return admitAlone(subject, counted, own, since: time)
    }
    do throws(RedisUnavailable) {
      let together = try await windows.admit(
        "\(rateClass):\(subject.key)", limit: limit.requests, width: limit.windowMicroseconds,
        peeks: !own.isAdmitted)
      if own.isAdmitted, !together.isAdmitted { counted.withdraw(subject, admittedAt: time) }
      return counted.decision(own.and(together), limit.requests, .together)
    } catch {
      logger.debug("rate limit counted alone", metadata: ["reason": "\(error)"])
      return admitAlone(subject, counted, own, since: time)
    }
  }

  /// Decides without the store, by the limit for that case.
  private func admitAlone(
    _ subject: RateSubject, _ counted: CountedClass, _ own: SlidingWindow.Verdict, since time: Int64
  ) -> RateDecision {
    let requests =
      switch counted.limit.fallback {
      case .whole: counted.limit.requests
      case .share: max(1, counted.limit.requests / limits.replicas)
      }
    if own.isAdmitted { counted.withdraw(subject, admittedAt: time) }
    let (verdict, _) = counted.admit(subject, limit: requests)
    return counted.decision(verdict, requests, .fallback)
  }
}

extension RateSubject {
  /// What stands for the caller in the shared store.
  var key: String {
    switch self {
    case .user(let id): "user:\(id)"
    case .address(let address): "address:\(address?.description ?? "none")"
    }
  }
}

extension SlidingWindow.Verdict {
  /// What becomes of a request that two counts decide on: it waits for all that refuse it.
  func and(_ other: Self) -> Self {
    let refusals = [self, other].filter { !$0.isAdmitted }
    let deciding = refusals.isEmpty ? [self, other] : refusals
    return Self(
      isAdmitted: refusals.isEmpty, remaining: min(remaining, other.remaining),
      wait: deciding.map(\.wait).max() ?? 0)
  }
}

/// A clock that is never set: its instants count from some moment before the process began.
struct SteadyClock: Core.Clock {
  var now: Instant { Instant(microseconds: Int64(MonotonicTime.nanoseconds / 1000)) }
}
