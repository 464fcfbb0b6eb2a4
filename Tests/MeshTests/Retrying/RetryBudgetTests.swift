import TestSupport
import Testing

@testable import Mesh

@Suite struct RetryBudgetTests {
  private let origin = ContinuousClock.now

  private func budget(_ ratio: Double = 0.2, _ perSecond: Double = 10) -> RetryBudget {
    RetryBudget(RetryBudgeting(ratio: ratio, retriesPerSecond: perSecond), at: origin)
  }

  /// Takes as many retries as there are, at a time.
  private func drain(_ budget: RetryBudget, at seconds: Double) -> Int {
    var count = 0
    while budget.take(at: origin + .seconds(seconds)) { count += 1 }
    return count
  }

  @Test func beginsWithTheRetriesOfASecond() {
    #expect(drain(budget(), at: 0) == 10)
    #expect(drain(budget(0.2, 3), at: 0) == 3)
  }

  @Test func callsBringAFifth() {
    let budget = budget()
    _ = drain(budget, at: 0)
    for _ in 0..<1_000 { budget.callBegan() }
    #expect(drain(budget, at: 0) == 200)
    for _ in 0..<4 { budget.callBegan() }
    #expect(drain(budget, at: 0) == 0)
    budget.callBegan()
    #expect(drain(budget, at: 0) == 1)
  }

  @Test func timeBringsTenASecond() {
    let budget = budget()
    _ = drain(budget, at: 0)
    // A second's worth, less what a second forgets of it.
    #expect(drain(budget, at: 1) == 9)
    #expect(drain(budget, at: 1.01) == 0)
    #expect(drain(budget, at: 3.1) == 19)
  }

  @Test func whatIsNotSpentIsForgotten() {
    let busy = budget()
    for _ in 0..<100_000 { busy.callBegan() }
    // As if the calls had come evenly over the hour: those of about the last ten seconds count.
    let left = drain(busy, at: 3_600)
    #expect(left == 100 + 20_000 / 360)
    // Nobody called for an hour: ten seconds' worth.
    #expect(drain(budget(), at: 3_600) == 100)
  }

  @Test func clockThatStandsOrComesLateTakesNothingAway() {
    let budget = budget()
    _ = drain(budget, at: 5)
    for _ in 0..<10 { budget.callBegan() }
    #expect(drain(budget, at: 4) == 2)
  }

  /// Whatever happens: never more retries than a fifth of the calls and ten for each second begun.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func addedLoadIsBounded(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let budget = budget()
    var (now, calls, retries) = (0.0, 0, 0)
    for _ in 0..<5_000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0: now += Double.random(in: 0...2, using: &random)
      case 1...4:
        calls += 1
        budget.callBegan()
      default: if budget.take(at: origin + .seconds(now)) { retries += 1 }
      }
      #expect(Double(retries) <= 0.2 * Double(calls) + 10 * (now + 1) + 1e-6)
    }
  }

  /// All calls fail for half a minute and each wants to be repeated: the server sees 1.2 times the load and
  /// ten a second more, and that is what it sees.
  @Test func serverThatFailsSeesAFifthMoreAndTenASecond() {
    let budget = budget()
    var retries = 0
    for step in 0..<30_000 {
      budget.callBegan()
      if budget.take(at: origin + .milliseconds(step)) { retries += 1 }
    }
    #expect(retries <= 6_000 + 10 * 31)
    #expect(retries >= 6_000)
  }
}

@Suite struct RetryThrottleTests {
  @Test func retriesStopAtHalfOfTheTokensAndComeBack() {
    let throttle = RetryThrottle(RetryThrottling(maximumTokens: 10, milliRatio: 100))
    for _ in 0..<4 {
      throttle.failed()
      #expect(throttle.allowsRetries)
    }
    throttle.failed()
    #expect(!throttle.allowsRetries)
    throttle.succeeded()
    #expect(throttle.allowsRetries)
    throttle.failed()
    for _ in 0..<9 {
      throttle.succeeded()
      #expect(!throttle.allowsRetries)
    }
    throttle.succeeded()
    #expect(throttle.allowsRetries)
  }

  @Test func tokensAreNeverMoreThanAllAndNeverLessThanNone() {
    let throttle = RetryThrottle(RetryThrottling(maximumTokens: 4, milliRatio: 1_000))
    for _ in 0..<100 { throttle.succeeded() }
    throttle.failed()
    throttle.failed()
    #expect(!throttle.allowsRetries)
    for _ in 0..<100 { throttle.failed() }
    throttle.succeeded()
    throttle.succeeded()
    #expect(!throttle.allowsRetries)
    throttle.succeeded()
    #expect(throttle.allowsRetries)
  }
}
