internal import Core

/// Decides which replicas are left alone, from what their calls came to (gRFC A50).
///
/// It knows no clock and counts no calls: it is told both.
struct OutlierDetector {
  /// What is known of a replica at a look.
  struct Observation {
    let address: ServiceAddress
    /// Whether it has a connection that takes calls.
    var isConnected = true
    /// Calls since the last look that succeeded, or failed for a reason that is the request's.
    var successes = 0
    /// Calls since the last look that failed.
    var failures = 0
    /// Calls in a row that failed, up to now.
    var consecutiveFailures = 0

    var calls: Int { successes + failures }
    var successRate: Double { Double(successes) / Double(calls) }
  }

  /// How an outlier was found; the names are those of the metrics (gRFC A91).
  enum Method: String, CaseIterable {
    case successRate = "success_rate"
    case failurePercentage = "failure_percentage"
    case consecutiveFailures = "consecutive_failures"
  }

  /// Why an outlier is not ejected (gRFC A91).
  enum Mercy: String, CaseIterable {
    /// By chance, as configured.
    case enforcementPercentage = "enforcement_percentage"
    /// Too many are, or no other one is left.
    case tooManyEjected = "max_ejection_overflow"
  }

  /// What a look came to.
  enum Event: Equatable {
    case ejected(ServiceAddress, Method, for: Duration)
    case spared(ServiceAddress, Method, Mercy)
    case returned(ServiceAddress)
  }

  private struct Record {
    /// When it was ejected; nil unless it is.
    var ejection: ContinuousClock.Instant?
    /// By how much the next ejection is longer than the first.
    var multiplier = 0
  }

  let settings: OutlierDetection
  private var records: [ServiceAddress: Record] = [:]
  private var lastSweep: ContinuousClock.Instant

  init(_ settings: OutlierDetection, at now: ContinuousClock.Instant) {
    self.settings = settings
    lastSweep = now
  }

  /// When the next sweep is due.
  var nextSweep: ContinuousClock.Instant { lastSweep + settings.interval }

  /// Whether a replica is to be left alone.
  func isEjected(_ address: ServiceAddress) -> Bool { records[address]?.ejection != nil }

  // MARK: - Looks

  /// Looks at all replicas, which are all there are.
  mutating func sweep(
    _ replicas: [Observation], at now: ContinuousClock.Instant, _ random: inout SplitMix64
  ) -> [Event] {
    var left: [ServiceAddress: Record] = [:]
    for replica in replicas { left[replica.address] = records[replica.address] ?? Record() }
    records = left
    var events: [Event] = []
    if let rule = settings.successRate {
      for outlier in Self.outliers(replicas, rule) {
        events.append(
          judge(outlier, .successRate, rule.enforcementPercentage, replicas, at: now, &random))
      }
    }
    if let rule = settings.failurePercentage {
      for outlier in Self.outliers(replicas, rule) {
        // It may have been ejected a moment ago.
        guard !isEjected(outlier) else { continue }
        events.append(
          judge(outlier, .failurePercentage, rule.enforcementPercentage, replicas, at: now, &random)
        )
      }
    }
    events += release(replicas.map(\.address), at: now)
    lastSweep = now
    return events
  }

  /// Looks for replicas that have failed too often in a row.
  mutating func check(
    _ replicas: [Observation], at now: ContinuousClock.Instant, _ random: inout SplitMix64
  ) -> [Event] {
    guard let rule = settings.consecutiveFailures else { return [] }
    var events: [Event] = []
    for replica in replicas where replica.consecutiveFailures >= rule.threshold {
      guard !isEjected(replica.address) else { continue }
      // Where all fail alike, none of them is to blame.
      let isUnlikeOthers = replicas.contains { other in
        other.address != replica.address && other.isConnected && !isEjected(other.address)
          && other.consecutiveFailures == 0
      }
      guard isUnlikeOthers else { continue }
      events.append(judge(replica.address, .consecutiveFailures, 100, replicas, at: now, &random))
    }
    return events
  }

  // MARK: - Who is an outlier

  private static func outliers(
    _ replicas: [Observation], _ rule: OutlierDetection.SuccessRate
  ) -> [ServiceAddress] {
    let judged = replicas.filter { $0.calls >= max(rule.callVolume, 1) }
    guard judged.count >= rule.minimumReplicas, !judged.isEmpty else { return [] }
    let count = Double(judged.count)
    let mean = judged.reduce(0) { $0 + $1.successRate } / count
    let variance = judged.reduce(0) { sum, replica in
      let difference = replica.successRate - mean
      return sum + difference * difference
    }
    let deviation = (variance / count).squareRoot()
    let required = mean - deviation * Double(rule.deviationFactor) / 1_000
    return judged.filter { $0.successRate < required }.map(\.address)
  }

  private static func outliers(
    _ replicas: [Observation], _ rule: OutlierDetection.FailurePercentage
  ) -> [ServiceAddress] {
    let judged = replicas.filter { $0.calls >= max(rule.callVolume, 1) }
    guard judged.count >= rule.minimumReplicas else { return [] }
    return judged.filter { $0.failures * 100 > rule.threshold * $0.calls }.map(\.address)
  }

  // MARK: - What becomes of it

  private mutating func judge(
    _ address: ServiceAddress, _ method: Method, _ enforcement: Int, _ replicas: [Observation],
    at now: ContinuousClock.Instant, _ random: inout SplitMix64
  ) -> Event {
    let ejected = replicas.count { isEjected($0.address) }
    let leavesOne = replicas.contains {
      $0.address != address && $0.isConnected && !isEjected($0.address)
    }
    guard ejected * 100 < settings.maximumEjectionPercent * replicas.count, leavesOne else {
      return .spared(address, method, .tooManyEjected)
    }
    guard random.next(in: 0...99) < enforcement else {
      return .spared(address, method, .enforcementPercentage)
    }
    var record = records[address] ?? Record()
    record.ejection = now
    record.multiplier += 1
    records[address] = record
    return .ejected(address, method, for: settings.ejectionTime(record.multiplier))
  }

  /// Takes those back whose time is over, and forgets ejections of others by and by.
  private mutating func release(
    _ addresses: [ServiceAddress], at now: ContinuousClock.Instant
  ) -> [Event] {
    // A channel that nobody used has missed sweeps.
    let intervals = max(1, Int(min(lastSweep.duration(to: now) / settings.interval, 1e6)))
    var events: [Event] = []
    for address in addresses {
      guard var record = records[address] else { continue }
      if let ejection = record.ejection {
        guard now > ejection + settings.ejectionTime(record.multiplier) else { continue }
        record.ejection = nil
        events.append(.returned(address))
      } else {
        record.multiplier = max(0, record.multiplier - intervals)
      }
      records[address] = record
    }
    return events
  }
}
