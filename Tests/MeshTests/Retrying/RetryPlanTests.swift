import RPC
import RPCTransport
import Testing

@testable import Mesh

@Suite struct RetryPlanTests {
  private let now = ContinuousClock.now
  private let policy = RetryPolicy(
    maximumAttempts: 4, initialBackoff: .milliseconds(100), maximumBackoff: .milliseconds(300),
    backoffMultiplier: 2, retryableCodes: [.unavailable, .aborted])

  private func allowances(
    _ throttling: RetryThrottling? = nil, perSecond: Double = 1_000
  ) -> RetryAllowances {
    RetryAllowances(throttling, RetryBudgeting(ratio: 0.2, retriesPerSecond: perSecond), at: now)
  }

  /// What a plan decides about these failures, one after the other.
  private func decisions(
    _ policy: RetryPolicy?, _ errors: [RPCError], isCommitted: Bool = false,
    deadline: Duration? = nil, jitter: Double = 0.5, _ allowances: RetryAllowances? = nil
  ) -> [RetryPlan.Decision] {
    let allowances = allowances ?? self.allowances()
    var plan = RetryPlan(policy, deadline: deadline.map { now + $0 })
    return errors.map { error in
      plan.decide(
        after: error, isCommitted: isCommitted, at: now, jitter: jitter, allowances)
    }
  }

  private func failure(
    _ code: StatusCode = .unavailable, pushback: RetryPushback? = nil, cause: (any Error)? = nil
  ) -> RPCError {
    RPCError(code, "no", pushback: pushback, cause: cause)
  }

  private func after(_ milliseconds: Int...) -> [RetryPlan.Decision] {
    milliseconds.map { .retry(after: .milliseconds($0)) }
  }

  @Test func waitsGrowUpToTheLongestAndAttemptsEnd() {
    #expect(
      decisions(policy, Array(repeating: failure(), count: 4))
        == after(100, 200, 300) + [.giveUp])
  }

  @Test func waitsVaryByAFifth() {
    #expect(decisions(policy, [failure()], jitter: 0) == after(80))
    #expect(decisions(policy, [failure()], jitter: 1) == after(120))
  }

  @Test func attemptsAreNeverMoreThanFive() {
    var policy = policy
    policy.maximumAttempts = 100
    let all = decisions(policy, Array(repeating: failure(), count: 6))
    #expect(all.filter { $0 != .giveUp }.count == 4)
  }

  @Test(arguments: StatusCode.allCases.filter { $0 != .ok })
  func onlyTheCodesOfThePolicyAreRetried(code: StatusCode) {
    let isRetried = decisions(policy, [failure(code)]) != [.giveUp]
    #expect(isRetried == [.unavailable, .aborted].contains(code))
  }

  @Test func withoutAPolicyOnlyWhatWasNotProcessedIsRepeated() {
    #expect(decisions(nil, [failure()]) == [.giveUp])
    #expect(decisions(nil, [failure(cause: CallNotProcessed(wasSent: true))]) == after(0))
    #expect(decisions(nil, [failure(cause: CallNotProcessed(wasSent: false))]) == after(0))
  }

  @Test func whatTheCallerHasSeenIsNotRepeated() {
    for error in [failure(), failure(cause: CallNotProcessed(wasSent: true))] {
      #expect(decisions(policy, [error], isCommitted: true) == [.giveUp])
    }
  }

  @Test func whatCouldNotBeSentForWantOfAConnectionIsNotRepeated() {
    #expect(decisions(policy, [failure(cause: ServiceNotReached(reason: nil))]) == [.giveUp])
  }

  @Test func serverMaySayWhenAndThatNot() {
    #expect(decisions(policy, [failure(pushback: .never)]) == [.giveUp])
    // After its word the waits begin anew.
    #expect(
      decisions(policy, [failure(), failure(pushback: .after(.seconds(7))), failure()])
        == after(100, 7_000, 100))
    // It says when, not whether.
    #expect(decisions(policy, [failure(.notFound, pushback: .after(.zero))]) == [.giveUp])
    #expect(decisions(nil, [failure(pushback: .after(.zero))]) == [.giveUp])
    #expect(
      decisions(policy, Array(repeating: failure(pushback: .after(.zero)), count: 4))
        == after(0, 0, 0) + [.giveUp])
  }

  @Test func attemptThatWouldBeginAtTheDeadlineIsNotMade() {
    #expect(decisions(policy, [failure()], deadline: .milliseconds(101)) == after(100))
    #expect(decisions(policy, [failure()], deadline: .milliseconds(100)) == [.giveUp])
    #expect(
      decisions(policy, [failure(pushback: .after(.seconds(1)))], deadline: .milliseconds(500))
        == [.giveUp])
  }

  @Test func throttleStopsRetries() {
    // Of four tokens more than two must be there.
    let allowances = allowances(RetryThrottling(maximumTokens: 4, milliRatio: 100))
    #expect(decisions(policy, [failure()], allowances) == after(100))
    #expect(decisions(policy, [failure()], allowances) == [.giveUp])
    allowances.throttle?.succeeded()
    #expect(allowances.throttle?.allowsRetries == true)
  }

  @Test func onlyFailuresWorthARetryTakeTokens() {
    let allowances = allowances(RetryThrottling(maximumTokens: 4, milliRatio: 100))
    for error in [failure(.notFound), failure(.invalidArgument, pushback: .after(.zero))] {
      for _ in 0..<10 { _ = decisions(policy, [error], allowances) }
    }
    #expect(allowances.throttle?.allowsRetries == true)
    for _ in 0..<2 { _ = decisions(policy, [failure(.notFound, pushback: .never)], allowances) }
    #expect(allowances.throttle?.allowsRetries == false)
  }

  @Test func failuresOfCallsThatAreCommittedTakeTokens() {
    let allowances = allowances(RetryThrottling(maximumTokens: 4, milliRatio: 100))
    for _ in 0..<2 { _ = decisions(policy, [failure()], isCommitted: true, allowances) }
    #expect(allowances.throttle?.allowsRetries == false)
  }

  @Test func budgetBoundsWhatIsRepeatedByPolicy() {
    let allowances = allowances(perSecond: 2)
    #expect(
      decisions(policy, Array(repeating: failure(), count: 3), allowances)
        == after(100, 200) + [.giveUp])
    for _ in 0..<5 { allowances.budget.callBegan() }
    #expect(decisions(policy, [failure()], allowances) == after(100))
  }

  /// Refused once costs a server next to nothing, again and again is load.
  @Test func firstRefusalIsFreeAndOthersAreBudgeted() {
    let refused = failure(cause: CallNotProcessed(wasSent: true))
    let some = allowances()
    #expect(
      decisions(nil, Array(repeating: refused, count: 4), some) == after(0, 0, 0) + [.giveUp])
    let none = allowances(perSecond: 0.5)
    #expect(decisions(nil, [refused, refused], none) == after(0) + [.giveUp])
    // With a policy it goes on as that says.
    #expect(
      decisions(policy, Array(repeating: refused, count: 5)) == after(0, 0, 0, 100, 200))
  }

  @Test func whatNeverLeftCostsNobodyAnything() {
    let stayed = failure(cause: CallNotProcessed(wasSent: false))
    let count = RetryPlan.maximumStays
    let all = decisions(
      nil, Array(repeating: stayed, count: count + 1), allowances(perSecond: 0.5))
    #expect(all == Array(repeating: after(0)[0], count: count) + [.giveUp])
  }

  @Test func attemptsThatNobodySawAreNotCounted() {
    var plan = RetryPlan(policy, deadline: nil)
    let allowances = allowances()
    var counts: [Int] = []
    for error in [
      failure(cause: CallNotProcessed(wasSent: true)), failure(),
      failure(cause: CallNotProcessed(wasSent: false)), failure(),
    ] {
      _ = plan.decide(after: error, isCommitted: false, at: now, jitter: 0.5, allowances)
      counts.append(plan.previousAttempts)
    }
    #expect(counts == [0, 1, 1, 2])
  }
}
