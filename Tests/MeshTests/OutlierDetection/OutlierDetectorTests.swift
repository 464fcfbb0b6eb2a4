import Core
import Testing

@testable import Mesh

/// Who is ejected, and for how long, on a clock of the test's.
@Suite struct OutlierDetectorTests {
  private typealias Observation = OutlierDetector.Observation
  private typealias Event = OutlierDetector.Event

  /// What is tested, as an object: an expectation cannot change a value.
  private final class Detector {
    private var base: OutlierDetector
    private var random = SplitMix64(seed: 1)

    init(_ settings: OutlierDetection, at now: ContinuousClock.Instant) {
      base = OutlierDetector(settings, at: now)
    }

    var nextSweep: ContinuousClock.Instant { base.nextSweep }
    func isEjected(_ number: Int) -> Bool { base.isEjected(address(number)) }
    func sweep(_ replicas: [Observation], at now: ContinuousClock.Instant) -> [Event] {
      base.sweep(replicas, at: now, &random)
    }
    func check(_ replicas: [Observation], at now: ContinuousClock.Instant) -> [Event] {
      base.check(replicas, at: now, &random)
    }
  }

  private let origin = ContinuousClock.now

  private static func address(_ number: Int) -> ServiceAddress {
    ServiceAddress(host: "h", port: number + 1)
  }

  private func index(of address: ServiceAddress) -> Int { (address.port ?? 0) - 1 }

  private func replica(
    _ number: Int, failing failures: Int = 0, of calls: Int = 0, row: Int = 0,
    isConnected: Bool = true
  ) -> Observation {
    Observation(
      address: Self.address(number), isConnected: isConnected, successes: calls - failures,
      failures: failures, consecutiveFailures: row)
  }

  /// Replicas of which each has as many failures, of 100 calls.
  private func replicas(_ failures: [Int], of calls: Int = 100) -> [Observation] {
    failures.enumerated().map { replica($0, failing: $1, of: calls) }
  }

  private static func only(
    _ change: (inout OutlierDetection) -> Void
  ) -> OutlierDetection {
    var settings = OutlierDetection()
    change(&settings)
    return settings
  }

  private static let successRate = only { $0.successRate = .init() }
  private static let percentage = only { $0.failurePercentage = .init() }
  private static let consecutive = only { $0.consecutiveFailures = .init() }

  private func ejected(
    _ settings: OutlierDetection, _ replicas: [Observation]
  ) -> [Int] {
    let detector = Detector(settings, at: origin)
    _ = detector.sweep(replicas, at: origin + .seconds(10))
    return replicas.indices.filter(detector.isEjected)
  }

  // MARK: - Success rate

  /// Mean and deviation by hand: of [0,0,0,0,20] failures the mean is 0.96 and the deviation 0.08, so
  /// below 0.96 − 1.9 × 0.08 = 0.808 is an outlier.
  @Test(arguments: [
    ([0, 0, 0, 0, 20], [4]), ([0, 0, 0, 0, 0], []), ([50, 50, 50, 50, 50], []),
    ([10, 10, 10, 10, 12], [4]), ([0, 10, 20, 30, 40], []), ([100, 0, 0, 0, 0], [0]),
  ])
  func farBelowTheAverage(failures: [Int], expected: [Int]) {
    #expect(ejected(Self.successRate, replicas(failures)) == expected)
  }

  @Test func factorSaysHowFar() {
    var settings = Self.successRate
    // The single outlier of five is always two deviations below.
    settings.successRate?.deviationFactor = 1_999
    #expect(ejected(settings, replicas([0, 0, 0, 0, 20])) == [4])
    settings.successRate?.deviationFactor = 2_001
    #expect(ejected(settings, replicas([0, 0, 0, 0, 20])) == [])
  }

  @Test func fewReplicasOrFewCallsSayNothing() {
    #expect(ejected(Self.successRate, replicas([0, 0, 0, 20])) == [])
    #expect(ejected(Self.successRate, replicas([0, 0, 0, 0, 20], of: 99)) == [])
    // Five have enough calls; the sixth, which has not, is not judged.
    #expect(
      ejected(Self.successRate, replicas([0, 0, 0, 0, 20]) + [replica(5, failing: 99, of: 99)])
        == [4])
    #expect(ejected(Self.percentage, replicas([0, 0, 0, 100])) == [])
    #expect(ejected(Self.percentage, replicas([0, 0, 0, 0, 49], of: 49)) == [])
  }

  // MARK: - Failure percentage

  @Test(arguments: [
    ([0, 0, 0, 0, 85], []), ([0, 0, 0, 0, 86], [4]), ([0, 0, 0, 0, 100], [4]),
    // At most a tenth, but one: the first.
    ([0, 86, 100, 100, 0], [1]),
  ])
  func tooManyOfItsCalls(failures: [Int], expected: [Int]) {
    #expect(ejected(Self.percentage, replicas(failures)) == expected)
  }

  @Test func oneIsNotEjectedTwice() {
    let settings = Self.only {
      $0.successRate = .init()
      $0.failurePercentage = .init()
    }
    let detector = Detector(settings, at: origin)
    let events = detector.sweep(replicas([0, 0, 0, 0, 100]), at: origin + .seconds(10))
    #expect(events == [.ejected(Self.address(4), .successRate, for: .seconds(30))])
  }

  // MARK: - In a row

  @Test func fiveInARow() {
    let detector = Detector(Self.consecutive, at: origin)
    #expect(detector.check([replica(0, row: 4), replica(1)], at: origin) == [])
    #expect(
      detector.check([replica(0, row: 5), replica(1)], at: origin)
        == [.ejected(Self.address(0), .consecutiveFailures, for: .seconds(30))])
    // It is known.
    #expect(detector.check([replica(0, row: 10), replica(1)], at: origin) == [])
  }

  @Test("where all fail alike, nobody is an outlier; nor is the only one")
  func allFail() {
    let detector = Detector(Self.consecutive, at: origin)
    #expect(detector.check([replica(0, row: 9), replica(1, row: 1)], at: origin) == [])
    #expect(detector.check([replica(0, row: 9)], at: origin) == [])
    #expect(
      detector.check([replica(0, row: 9), replica(1, isConnected: false)], at: origin) == [])
    #expect(!detector.isEjected(0))
  }

  @Test func lastOneIsKept() {
    let settings = Self.only {
      $0.consecutiveFailures = .init()
      $0.maximumEjectionPercent = 100
    }
    let detector = Detector(settings, at: origin)
    _ = detector.check([replica(0, row: 5), replica(1), replica(2)], at: origin)
    _ = detector.check([replica(0), replica(1, row: 5), replica(2)], at: origin)
    let events = detector.check([replica(0), replica(1), replica(2, row: 5)], at: origin)
    #expect(events == [])
    #expect((0..<3).map(detector.isEjected) == [true, true, false])
  }

  // MARK: - How many

  @Test(arguments: [(0, 0), (1, 1), (10, 1), (11, 2), (20, 2), (50, 5), (100, 9)])
  func noMoreThanThePercentage(percent: Int, count: Int) {
    let settings = Self.only {
      $0.failurePercentage = .init()
      $0.failurePercentage?.minimumReplicas = 0
      $0.maximumEjectionPercent = percent
    }
    let all = replicas(Array(repeating: 100, count: 10))
    #expect(ejected(settings, all).count == count)
    let events = Detector(settings, at: origin).sweep(all, at: origin)
    #expect(
      events.count {
        if case .spared(_, .failurePercentage, .tooManyEjected) = $0 { true } else { false }
      } == 10 - count)
  }

  @Test func enforcementIsByChance() {
    for (percentage, expected) in [(0, 0...0), (30, 230...370), (100, 1_000...1_000)] {
      let settings = Self.only {
        $0.failurePercentage = .init()
        $0.failurePercentage?.enforcementPercentage = percentage
        $0.maximumEjectionPercent = 100
      }
      let all = replicas(Array(repeating: 100, count: 1_000) + [0])
      #expect(expected.contains(ejected(settings, all).count))
    }
  }

  // MARK: - How long

  @Test func eachTimeLongerAndForgottenByAndBy() {
    let settings = Self.only {
      $0.consecutiveFailures = .init()
      $0.maximumEjectionTime = .seconds(70)
    }
    let detector = Detector(settings, at: origin)
    var now = origin
    let all = [replica(0), replica(1)]
    for seconds in [30, 60, 70, 70] {
      let events = detector.check([replica(0, row: 5), replica(1)], at: now)
      let time = Duration.seconds(seconds)
      #expect(events == [.ejected(Self.address(0), .consecutiveFailures, for: time)])
      #expect(detector.sweep(all, at: now + time) == [])
      now += time + .milliseconds(1)
      #expect(detector.sweep(all, at: now) == [.returned(Self.address(0))])
      #expect(detector.nextSweep == now + .seconds(10))
    }
    // Of four, two intervals forget two; the time missed counts, too.
    _ = detector.sweep(all, at: now + .seconds(10))
    now += .seconds(20)
    _ = detector.sweep(all, at: now)
    let third = detector.check([replica(0, row: 5), replica(1)], at: now)
    #expect(third == [.ejected(Self.address(0), .consecutiveFailures, for: .seconds(70))])
    now += .seconds(71)
    _ = detector.sweep(all, at: now)
    now += .seconds(3_600)
    _ = detector.sweep(all, at: now)
    let first = detector.check([replica(0, row: 5), replica(1)], at: now)
    #expect(first == [.ejected(Self.address(0), .consecutiveFailures, for: .seconds(30))])
  }

  @Test func baseTimeThatIsLongerThanTheLongestCounts() {
    var settings = OutlierDetection()
    settings.baseEjectionTime = .seconds(500)
    #expect(settings.ejectionTime(1) == .seconds(500))
    #expect(settings.ejectionTime(2) == .seconds(500))
    #expect(OutlierDetection().ejectionTime(.max) == .seconds(300))
  }

  @Test func addressThatIsGoneIsForgotten() {
    let detector = Detector(Self.consecutive, at: origin)
    _ = detector.check([replica(0, row: 5), replica(1)], at: origin)
    _ = detector.sweep([replica(1)], at: origin)
    #expect(!detector.isEjected(0))
  }

  // MARK: - Whatever happens

  /// Random replicas, calls and times: never more ejected than allowed, never the last connected one, none
  /// for longer than the longest time and two sweeps.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func limitsHold(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int64>) -> Int { Int(random.next(in: range)) }
    var settings = OutlierDetection.standard
    settings.maximumEjectionPercent = number(0...100)
    settings.successRate?.minimumReplicas = number(0...5)
    settings.failurePercentage?.minimumReplicas = number(0...5)
    let count = number(1...12)
    let detector = Detector(settings, at: origin)
    var now = origin
    var since: [Int: ContinuousClock.Instant] = [:]
    for _ in 0..<200 {
      now += .milliseconds(number(1...20_000))
      let before = (0..<count).filter(detector.isEjected)
      let all = (0..<count).map { index in
        let calls = number(0...300)
        return replica(
          index, failing: number(0...Int64(calls)), of: calls, row: number(0...7),
          isConnected: number(0...9) > 0)
      }
      let isSweep = now >= detector.nextSweep
      let events = isSweep ? detector.sweep(all, at: now) : detector.check(all, at: now)
      let after = (0..<count).filter(detector.isEjected)
      for case .ejected(let address, _, let time) in events {
        #expect(time >= settings.baseEjectionTime && time <= settings.maximumEjectionTime)
        since[index(of: address)] = now
      }
      let new = after.filter { !before.contains($0) }
      if !new.isEmpty {
        // Before the last of them was ejected there was room for it.
        #expect((after.count - 1) * 100 < settings.maximumEjectionPercent * count)
        #expect(all.indices.contains { all[$0].isConnected && !after.contains($0) })
      }
      if isSweep {
        for index in after {
          let end = since[index, default: origin] + settings.maximumEjectionTime
          #expect(now <= end)
        }
      }
    }
  }
}
