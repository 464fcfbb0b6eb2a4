import Foundation
import Testing

@testable import Mesh

@Suite struct LatencyEstimateTests {
  private static let decay = UInt32(LatencyEstimate.decay / .milliseconds(1))

  private func expect(
    _ estimate: LatencyEstimate, at time: UInt32, is milliseconds: Float,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      abs(estimate.milliseconds(at: time) - milliseconds) <= milliseconds * 1e-5,
      sourceLocation: sourceLocation)
  }

  @Test func nothingIsKnownAtFirst() {
    #expect(LatencyEstimate().milliseconds(at: 12345) == 0)
  }

  @Test func slowAnswerCountsInFullAtOnce() {
    var estimate = LatencyEstimate()
    estimate.add(.milliseconds(2), at: 0)
    expect(estimate, at: 0, is: 2)
    estimate.add(.milliseconds(800), at: 1)
    expect(estimate, at: 1, is: 800)
  }

  @Test func fastAnswerCountsAsMuchAsTimeHasPassed() {
    var estimate = LatencyEstimate()
    estimate.add(.milliseconds(100), at: 0)
    estimate.add(.milliseconds(10), at: 0)
    expect(estimate, at: 0, is: 100)
    estimate.add(.milliseconds(10), at: Self.decay)
    expect(estimate, at: Self.decay, is: 10 + 90 * exp(-1))
  }

  @Test func whatNobodyAsksIsForgotten() {
    var estimate = LatencyEstimate()
    estimate.add(.seconds(1), at: 7)
    expect(estimate, at: 7 + Self.decay, is: 1000 * exp(-1))
    expect(estimate, at: 7 + 2 * Self.decay, is: 1000 * exp(-2))
    #expect(estimate.milliseconds(at: 7 + 30 * Self.decay) < 1e-6)
  }

  @Test func callThatWasGivenUpOnlySaysAtLeast() {
    var estimate = LatencyEstimate()
    estimate.add(.milliseconds(50), at: 0)
    estimate.addAtLeast(.milliseconds(10), at: 1)
    expect(estimate, at: 0, is: 50)
    estimate.addAtLeast(.milliseconds(60), at: 2)
    expect(estimate, at: 2, is: 60)
  }

  @Test func timesBeyondTheLongestAndBelowZeroAreCut() {
    var estimate = LatencyEstimate()
    estimate.add(.seconds(100_000), at: 0)
    expect(estimate, at: 0, is: Float(LatencyEstimate.longest / .milliseconds(1)))
    var other = LatencyEstimate()
    other.add(.seconds(-1), at: 0)
    #expect(other.milliseconds(at: 0) == 0)
  }

  @Test func clockMayCountRoundAndComeLate() {
    var estimate = LatencyEstimate()
    estimate.add(.milliseconds(100), at: .max)
    expect(estimate, at: Self.decay - 1, is: 100 * exp(-1))
    // A thread that looked at the clock earlier comes later.
    expect(estimate, at: .max - 5, is: 100)
  }

  @Test func wordKeepsEverything() {
    var estimate = LatencyEstimate()
    for (index, latency) in [3, 1, 4, 1, 5, 9, 2, 6].enumerated() {
      estimate.add(.milliseconds(latency), at: UInt32(index * 17))
      #expect(LatencyEstimate(word: estimate.word) == estimate)
    }
    #expect(LatencyEstimate(word: LatencyEstimate().word) == LatencyEstimate())
  }

  @Test func clockTellsDifferences() {
    let now = ContinuousClock.now
    let time = MillisecondClock.time(of: now)
    #expect(MillisecondClock.time(of: now + .milliseconds(1500)) &- time == 1500)
    #expect(MillisecondClock.milliseconds(from: time, to: time &- 1) == 0)
    #expect(MillisecondClock.milliseconds(from: .max, to: 4) == 5)
  }
}
