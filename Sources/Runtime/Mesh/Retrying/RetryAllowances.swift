/// What the calls of one channel may spend on retries, together.
final class RetryAllowances: Sendable {
  let throttle: RetryThrottle?
  let budget: RetryBudget

  init(_ throttling: RetryThrottling?, _ budgeting: RetryBudgeting, at now: ContinuousClock.Instant)
  {
    throttle = throttling.map(RetryThrottle.init)
    budget = RetryBudget(budgeting, at: now)
  }
}
