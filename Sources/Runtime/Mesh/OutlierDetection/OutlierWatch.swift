/// Counts the ends of calls for those who look for outliers, and calls them when one shows.
///
/// It is called on the loops of connections: it takes no lock.
final class OutlierWatch: Sendable {
  /// After how many failures in a row somebody has to look.
  private let threshold: Int
  private let due: DueTime

  init(_ settings: OutlierDetection, _ due: DueTime) {
    threshold = settings.consecutiveFailures?.threshold ?? .max
    self.due = due
  }

  /// Counts the end of a call.
  func count(_ verdict: CallOutcomes.Verdict, in outcomes: borrowing CallOutcomes) {
    let streak = outcomes.count(verdict)
    // Again after as many more: the others may do better by then.
    if streak >= threshold, streak.isMultiple(of: threshold) { due.makeUrgent() }
  }
}
