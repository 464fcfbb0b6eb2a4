/// What a run of chaos has done, and how long the platform took each time.
struct ChaosReport: Sendable, CustomStringConvertible {
  private let seed: UInt64
  private var counts: [String: Int] = [:]
  private var begin = ContinuousClock.now
  private(set) var kills = 0
  /// What struck since the last recovery.
  private(set) var latest: [ChaosFault] = []
  /// Each recovery, and what it was from.
  private(set) var recoveries: [Recovery] = []
  /// What was not in order yet, and since when, of the recovery that is under way.
  private var stages: [(since: Duration, finding: String)] = []

  /// A recovery.
  struct Recovery: Sendable {
    /// What it was from.
    let faults: [ChaosFault]
    let time: Duration
    /// What was not in order yet, and since when.
    let stages: [(since: Duration, finding: String)]

    var description: String {
      "\(faults.map(\.name).joined(separator: ", ")): "
        + stages.map { "at \($0.since) \($0.finding)" }.joined(separator: "; ")
    }
  }

  init(seed: UInt64) { self.seed = seed }

  mutating func add(_ fault: ChaosFault) {
    kills += 1
    counts[fault.name, default: 0] += 1
    latest.append(fault)
  }

  mutating func beginRecovery() {
    begin = .now
    stages = []
  }

  /// What is not in order yet.
  mutating func note(_ findings: [String]) {
    // How many there are of a kind changes all the time.
    let kind = { (finding: String) in finding.drop { $0.isNumber } }
    guard let finding = findings.first, kind(finding) != stages.last.map({ kind($0.finding) })
    else { return }
    stages.append((.now - begin, finding))
  }

  mutating func endRecovery() {
    recoveries.append(Recovery(faults: latest, time: .now - begin, stages: stages))
    latest = []
  }

  /// The longest recovery.
  private var slowest: Recovery? { recoveries.max { $0.time < $1.time } }

  /// The time that a part of the recoveries kept within, of a hundred.
  private func percentile(_ part: Int) -> Duration {
    let times = recoveries.map(\.time).sorted()
    guard !times.isEmpty else { return .zero }
    return times[min(times.count - 1, times.count * part / 100)]
  }

  var description: String {
    let faults = counts.sorted { $0.key < $1.key }.map { "  \($0.value) x \($0.key)" }
    let slow = slowest.map { "  the longest after \($0.description)" } ?? ""
    return """
      chaos of seed \(seed): \(kills) kills in \(recoveries.count) recoveries
      \(faults.joined(separator: "\n"))
      recovery: median \(percentile(50)), p99 \(percentile(99)), max \(slowest?.time ?? .zero)
      \(slow)
      """
  }
}
