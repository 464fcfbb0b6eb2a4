internal import Core
internal import Logging

/// The outliers among the replicas of a service, as its pool knows them.
struct Outliers {
  private var detector: OutlierDetector
  private var random = SplitMix64(seed: .random(in: .min ... .max))

  /// None yet.
  init(_ settings: OutlierDetection, at now: ContinuousClock.Instant) {
    detector = OutlierDetector(settings, at: now)
  }

  /// When to look next.
  var nextSweep: ContinuousClock.Instant { detector.nextSweep }

  /// Whether a replica is to be left alone.
  func contains(_ subchannel: Subchannel) -> Bool { detector.isEjected(subchannel.address) }

  /// Looks at the replicas, if it is time.
  ///
  /// - Parameter isUrgent: Whether one has failed often enough in a row.
  mutating func look(
    at replicas: [(subchannel: Subchannel, isConnected: Bool)], isUrgent: Bool,
    at now: ContinuousClock.Instant
  ) -> [OutlierDetector.Event] {
    let isSweep = now >= detector.nextSweep
    guard isUrgent || isSweep else { return [] }
    let observations = replicas.map { subchannel, isConnected in
      var observation = OutlierDetector.Observation(
        address: subchannel.address, isConnected: isConnected)
      observation.consecutiveFailures = subchannel.outcomes.consecutiveFailures
      if isSweep { (observation.successes, observation.failures) = subchannel.outcomes.take() }
      return observation
    }
    var events = detector.check(observations, at: now, &random)
    if isSweep { events += detector.sweep(observations, at: now, &random) }
    for case .returned(let address) in events {
      // What failed meanwhile has been paid for.
      replicas.first { $0.subchannel.address == address }?.subchannel.outcomes.forgetStreak()
    }
    return events
  }
}

extension OutlierDetector.Event {
  /// Tells operators.
  func log(to logger: Logger) {
    switch self {
    case .ejected(let address, let method, let time):
      logger.warning(
        "a replica fails more than others and is left alone",
        metadata: [
          "address": "\(address)", "method": "\(method.rawValue)",
          "seconds": "\(time.components.seconds)",
        ])
    case .spared(let address, let method, let mercy):
      logger.info(
        "a replica fails more than others and is kept",
        metadata: [
          "address": "\(address)", "method": "\(method.rawValue)", "reason": "\(mercy.rawValue)",
        ])
    case .returned(let address):
      logger.info("a replica is tried again", metadata: ["address": "\(address)"])
    }
  }
}
