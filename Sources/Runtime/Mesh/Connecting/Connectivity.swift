internal import Core

/// What is known about the addresses of a service and the connections to them, and what is to be done
/// next.
///
/// It decides and does nothing: whoever does the work says what came of it. Work is asked for only when
/// it is due and there are calls, so a channel that nobody uses is silent.
struct Connectivity<Connection: AnyObject> {
  /// How long to wait.
  struct Pace {
    /// The wait after the first failure; each further one doubles it.
    var minimumBackoff: Duration
    /// The longest wait.
    var maximumBackoff: Duration
    /// How long the resolver's answer is good; nil for ever.
    var resolution: Duration?
  }

  /// What to do now.
  struct Work {
    /// Ask the resolver.
    var resolves = false
    /// Connect to these.
    var connects: [Subchannel] = []
  }

  /// Whether calls can be made.
  enum Status {
    /// Something is being done that may bring a connection, or is due.
    case connecting
    /// Nothing until then, and why.
    case failing(any Error, until: ContinuousClock.Instant)
  }

  private enum Phase {
    /// Not connected; may be tried from then on.
    case waiting(until: ContinuousClock.Instant)
    case connecting
    case ready(Connection)
  }

  private struct Entry {
    let subchannel: Subchannel
    var phase: Phase
    var failures = 0
    var lastAttempt: ContinuousClock.Instant

    var connection: Connection? {
      if case .ready(let connection) = phase { connection } else { nil }
    }

    var isWaiting: Bool { if case .waiting = phase { true } else { false } }

    /// When it may be tried.
    var due: ContinuousClock.Instant {
      if case .waiting(let until) = phase { until } else { lastAttempt }
    }
  }

  private let policy: BalancingPolicy
  private let pace: Pace
  private let makeSubchannel: @Sendable (ServiceAddress) -> Subchannel
  private var entries: [Entry] = []
  private var isResolving = false
  private var nextResolution: ContinuousClock.Instant
  private var resolutionFailures = 0
  private var lastFailure: (any Error)?

  init(
    _ policy: BalancingPolicy, _ pace: Pace, at now: ContinuousClock.Instant,
    makeSubchannel: @escaping @Sendable (ServiceAddress) -> Subchannel = { Subchannel($0) }
  ) {
    self.policy = policy
    self.pace = pace
    self.makeSubchannel = makeSubchannel
    nextResolution = now
  }

  // MARK: - What there is

  /// The connections that calls may take, in the order of their addresses.
  var ready: [(subchannel: Subchannel, connection: Connection)] {
    entries.compactMap { entry in entry.connection.map { (entry.subchannel, $0) } }
  }

  /// All addresses, and whether there is a connection.
  var subchannels: [(subchannel: Subchannel, isConnected: Bool)] {
    entries.map { ($0.subchannel, $0.connection != nil) }
  }

  /// Whether a connection is being made.
  var isConnecting: Bool {
    entries.contains { if case .connecting = $0.phase { true } else { false } }
  }

  /// What a call that finds no connection has to expect.
  func status(at now: ContinuousClock.Instant) -> Status {
    // What was lost is replaced in a moment; only what could not be made is a failure.
    let hasHope = entries.contains { !$0.isWaiting || $0.failures == 0 }
    guard !hasHope, !isResolving, let due = nextDue, due > now, let lastFailure else {
      return .connecting
    }
    return .failing(lastFailure, until: due)
  }

  /// When the next work is due; nil while it is under way and nothing else is to be done.
  var nextDue: ContinuousClock.Instant? {
    ((isResolving ? [] : [nextResolution]) + connectable.map { entries[$0].due }).min()
  }

  /// The entries that are to be connected when they are due.
  private var connectable: [Int] {
    let waiting = entries.indices.filter { entries[$0].isWaiting }
    return policy.connectsToAll || waiting.count == entries.count ? waiting : []
  }

  // MARK: - What is to be done

  /// The work that is due, which counts as begun.
  mutating func takeWork(at now: ContinuousClock.Instant) -> Work {
    var work = Work()
    if !isResolving, nextResolution <= now {
      isResolving = true
      work.resolves = true
    }
    let due = connectable.filter { entries[$0].due <= now }
    for index in policy.connectsToAll ? due[...] : due.prefix(1) {
      entries[index].phase = .connecting
      entries[index].lastAttempt = now
      work.connects.append(entries[index].subchannel)
    }
    return work
  }

  // MARK: - What came of it

  /// The resolver has answered.
  ///
  /// - Returns: The connections to addresses that are gone.
  mutating func resolved(
    _ addresses: [ServiceAddress], at now: ContinuousClock.Instant, jitter: Double
  ) -> [Connection] {
    isResolving = false
    resolutionFailures = 0
    nextResolution = now + (pace.resolution.map { $0 * (0.8 + 0.4 * jitter) } ?? Self.never)
    var left = Dictionary(uniqueKeysWithValues: entries.map { ($0.subchannel.address, $0) })
    entries = addresses.map { address in
      left.removeValue(forKey: address)
        ?? Entry(subchannel: makeSubchannel(address), phase: .waiting(until: now), lastAttempt: now)
    }
    return left.values.compactMap { $0.connection }
  }

  /// The resolver has failed; what is known stays as it is.
  mutating func resolutionFailed(
    _ error: any Error, at now: ContinuousClock.Instant, jitter: Double
  ) {
    isResolving = false
    resolutionFailures += 1
    lastFailure = error
    nextResolution = now + backoff(after: resolutionFailures, jitter)
  }

  /// A connection was made.
  ///
  /// - Returns: Whether it is wanted.
  mutating func connected(_ subchannel: Subchannel, _ connection: Connection) -> Bool {
    guard let index = index(of: subchannel), case .connecting = entries[index].phase else {
      return false
    }
    entries[index].phase = .ready(connection)
    entries[index].failures = 0
    return true
  }

  /// A connection could not be made; perhaps the address has changed.
  mutating func connectingFailed(
    _ subchannel: Subchannel, _ error: any Error, at now: ContinuousClock.Instant, jitter: Double
  ) {
    lastFailure = error
    guard let index = index(of: subchannel) else { return }
    entries[index].failures += 1
    entries[index].phase = .waiting(until: now + backoff(after: entries[index].failures, jitter))
    resolveSoon(now)
  }

  /// A connection is lost, or takes no more calls.
  ///
  /// It is replaced when the next call is made, unless it was made a moment ago: a server that takes
  /// connections only to drop them is not asked again and again.
  ///
  /// - Returns: Whether it was in use.
  @discardableResult
  mutating func lost(
    _ connection: Connection, _ reason: any Error, at now: ContinuousClock.Instant
  ) -> Bool {
    guard let index = entries.firstIndex(where: { $0.connection === connection }) else {
      return false
    }
    lastFailure = reason
    entries[index].phase = .waiting(
      until: max(now, entries[index].lastAttempt + pace.minimumBackoff))
    resolveSoon(now)
    return true
  }

  /// Gives everything up.
  ///
  /// - Returns: The connections that there are.
  mutating func close() -> [Connection] {
    defer { entries = [] }
    return ready.map(\.connection)
  }

  // MARK: - Waits

  /// As good as never.
  private static var never: Duration { .seconds(365 * 24 * 3600) }

  private mutating func resolveSoon(_ now: ContinuousClock.Instant) {
    // After failures of its own, the resolver has its own pace; and one that never changes is not asked.
    guard resolutionFailures == 0, pace.resolution != nil else { return }
    nextResolution = min(nextResolution, now)
  }

  /// Doubling, and of random length, so that many clients which lost the same server do not come back
  /// in step.
  private func backoff(after failures: Int, _ jitter: Double) -> Duration {
    let doubled = pace.minimumBackoff * (1 << min(failures - 1, 20))
    return min(doubled, pace.maximumBackoff) * (0.5 + 0.5 * jitter)
  }

  private func index(of subchannel: Subchannel) -> Int? {
    entries.firstIndex { $0.subchannel === subchannel }
  }
}
