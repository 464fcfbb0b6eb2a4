internal import Foundation
internal import Synchronization

/// How much load retries of a channel may add (Finagle's and Linkerd's retry budget).
public struct RetryBudgeting: Sendable, Hashable {
  /// Retries for each call; 0.2 lets servers see a fifth more than without retries.
  public var ratio: Double
  /// Retries a second for channels that are hardly used.
  public var retriesPerSecond: Double

  /// Names both.
  public init(ratio: Double, retriesPerSecond: Double) {
    self.ratio = ratio
    self.retriesPerSecond = retriesPerSecond
  }

  /// A fifth, and ten a second.
  public static let standard = RetryBudgeting(ratio: 0.2, retriesPerSecond: 10)
}

/// What a channel may still spend on retries.
///
/// Every call brings a part of a retry, every second some, and a retry takes one. What is not spent is
/// forgotten by 1/e in ``memory``, so that a quiet hour does not pay for a storm. From the first call on
/// there are never more retries than `ratio` × calls + `retriesPerSecond` × (seconds + 1).
final class RetryBudget: Sendable {
  /// How long what is not spent is remembered.
  static let memory: Duration = .seconds(10)

  private struct Account {
    var balance: Double
    var time: ContinuousClock.Instant
    /// How many calls have been counted in.
    var calls = 0
  }

  private let budgeting: RetryBudgeting
  /// Counted apart, so that calls which succeed take no lock.
  private let calls = Atomic(0)
  private let account: Mutex<Account>

  init(_ budgeting: RetryBudgeting, at now: ContinuousClock.Instant) {
    self.budgeting = budgeting
    account = Mutex(Account(balance: budgeting.retriesPerSecond, time: now))
  }

  /// A call is made.
  func callBegan() { calls.add(1, ordering: .relaxed) }

  /// Takes a retry out of the budget, if it is in there.
  func take(at now: ContinuousClock.Instant) -> Bool {
    account.withLock { account in
      let total = calls.load(ordering: .relaxed)
      bringUp(to: now, calls: total - account.calls, &account)
      account.calls = total
      guard account.balance >= 1 else { return false }
      account.balance -= 1
      return true
    }
  }

  /// Counts in what came since the last time: calls as if they had come evenly.
  ///
  /// The balance follows b′ = income − b/memory.
  private func bringUp(to now: ContinuousClock.Instant, calls: Int, _ account: inout Account) {
    let seconds = max(account.time.duration(to: now), .zero) / .seconds(1)
    let income = budgeting.ratio * Double(calls)
    let memory = Self.memory / .seconds(1)
    if seconds > 0 {
      let weight = exp(-seconds / memory)
      // The average of what is left of an income at each moment of the time.
      let rest = (1 - weight) * memory / seconds
      account.balance =
        account.balance * weight + (income + budgeting.retriesPerSecond * seconds) * rest
    } else {
      account.balance += income
    }
    account.time = max(account.time, now)
  }
}
