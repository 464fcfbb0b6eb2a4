internal import DequeModule

/// The requests of one caller that were admitted within the last window, each with its time.
///
/// A log, not a count: in every half-open span as long as the window at most the limit is admitted, and a request
/// is refused only when the limit was admitted in the window that ends with it. Requests that are refused leave no
/// trace. Times are microseconds of a clock that is not set; should one step back, the log moves with it, as if no
/// time had passed since the last request.
struct SlidingWindow: Sendable {
  /// What becomes of a request.
  struct Verdict: Sendable, Hashable {
    let isAdmitted: Bool
    /// How many more would be admitted at the same time.
    let remaining: Int
    /// The least time, in microseconds, until a request that is refused would be admitted if none came before it;
    /// of one that was admitted, until there is room for one more than now.
    let wait: Int64
  }

  /// Oldest first.
  private var admitted: Deque<Int64> = []

  /// When the last request was admitted; nil where none is remembered.
  var newest: Int64? { admitted.last }

  /// Admits a request if the limit allows it.
  mutating func admit(at now: Int64, limit: Int, width: Int64) -> Verdict {
    forget(at: now, width: width)
    guard admitted.count < limit else {
      // With a limit that has become lower more than one has to leave.
      let leaving = admitted[admitted.count - limit]
      return Verdict(isAdmitted: false, remaining: 0, wait: leaving + width - now)
    }
    admitted.append(now)
    return Verdict(
      isAdmitted: true, remaining: limit - admitted.count, wait: admitted[0] + width - now)
  }

  /// Takes back a request that was admitted at that time, because another count refused it.
  mutating func withdraw(admittedAt time: Int64) {
    guard let index = admitted.lastIndex(of: time) else { return }
    admitted.remove(at: index)
  }

  /// Whether nothing is remembered at a time.
  mutating func isEmpty(at now: Int64, width: Int64) -> Bool {
    forget(at: now, width: width)
    return admitted.isEmpty
  }

  /// Forgets what is a whole window old.
  private mutating func forget(at now: Int64, width: Int64) {
    if let newest, now < newest {
      let step = newest - now
      for index in admitted.indices { admitted[index] -= step }
    }
    while let oldest = admitted.first, oldest <= now - width { admitted.removeFirst() }
  }
}
