import Core
import Testing

@testable import Mesh

@Suite struct BalancingPolicyTests {
  private func shares(
    _ policy: BalancingPolicy, _ loads: [Float], full: Set<Int> = [], rounds: Int = 12_000,
    seed: UInt64 = 1
  ) -> [Int] {
    var random = SplitMix64(seed: seed)
    var counts = loads.map { _ in 0 }
    for turn in 0..<rounds {
      let index = policy.choose(
        of: loads.count, turn: turn, random: &random, isFull: full.contains, load: { loads[$0] })
      if let index { counts[index] += 1 }
    }
    return counts
  }

  @Test(arguments: BalancingPolicy.allCases)
  func ofNothingNothingIsChosen(policy: BalancingPolicy) {
    #expect(shares(policy, []) == [])
  }

  @Test(arguments: BalancingPolicy.allCases)
  func theOnlyOneIsChosen(policy: BalancingPolicy) {
    #expect(shares(policy, [7], rounds: 10) == [10])
  }

  @Test(arguments: BalancingPolicy.allCases)
  func fullOnesAreLeftOutAndNoneIsChosenOfFullOnesOnly(policy: BalancingPolicy) {
    for seed in 0..<20 as Range<UInt64> {
      let counts = shares(policy, [1, 2, 3, 4], full: [0, 2], rounds: 100, seed: seed)
      #expect(counts[0] == 0 && counts[2] == 0 && counts.reduce(0, +) == 100)
    }
    #expect(shares(policy, [1, 2, 3], full: [0, 1, 2], rounds: 100) == [0, 0, 0])
    #expect(shares(policy, [1], full: [0], rounds: 100) == [0])
  }

  @Test func firstIsPickedFirst() {
    #expect(shares(.pickFirst, [9, 1, 1], rounds: 10) == [10, 0, 0])
    #expect(shares(.pickFirst, [9, 1, 1], full: [0], rounds: 10) == [0, 10, 0])
  }

  @Test func roundRobinTakesTurnsWhateverTheLoad() {
    #expect(shares(.roundRobin, [9, 1, 5], rounds: 12) == [4, 4, 4])
    var random = SplitMix64(seed: 0)
    let order = [Int.max - 1, Int.max, Int.min, Int.min + 1].map { turn in
      BalancingPolicy.roundRobin.choose(
        of: 4, turn: turn, random: &random, isFull: { _ in false }, load: { _ in 0 })
    }
    // Also when the count of turns goes round.
    #expect(order == [2, 3, 0, 1])
  }

  @Test func equalLoadsGetEqualShares() {
    for count in 2...7 {
      let counts = shares(.powerOfTwoChoices, Array(repeating: 1, count: count), rounds: 42_000)
      for share in counts { #expect(abs(share - 42_000 / count) < 42_000 / count / 10) }
    }
  }

  /// With n of distinct load, the k-th lightest is chosen unless it meets a lighter one: 2(n−k)/(n(n−1)).
  @Test func ofTwoTheLighterIsChosen() {
    let counts = shares(.powerOfTwoChoices, [30, 10, 40, 20])
    for (index, rank) in [(1, 1), (3, 2), (0, 3), (2, 4)] {
      let expected = 12_000 * 2 * (4 - rank) / (4 * 3)
      #expect(abs(counts[index] - expected) < 300)
    }
    #expect(counts[2] == 0)
  }

  @Test func whatIsFullAmongTwoGivesWayToTheOther() {
    #expect(shares(.powerOfTwoChoices, [1, 100], full: [0], rounds: 50) == [0, 50])
  }
}
