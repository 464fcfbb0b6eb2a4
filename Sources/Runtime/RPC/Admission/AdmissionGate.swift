/// Decides which calls work, which wait and which are refused; without tasks, locks or a clock, so that a
/// test can play a day of it in a second.
struct AdmissionGate<Ticket: Sendable>: Sendable {
  typealias Instant = ContinuousClock.Instant
  typealias Call = WaitingCalls<Ticket>.Call

  /// What becomes of calls that waited, when there is room.
  struct Departures: Sendable {
    var admitted: [Call] = []
    var refused: [Call] = []
    var expired: [Call] = []
  }

  private let limits: ConcurrencyLimits
  private var limit: AdaptiveLimit
  private var waiting: WaitingCalls<Ticket>
  private(set) var callsAtWork = 0
  private(set) var streams = 0

  init(_ limits: ConcurrencyLimits) {
    self.limits = limits
    self.limit = AdaptiveLimit(maximum: limits.calls)
    self.waiting = WaitingCalls(capacity: limits.waitingCalls, longestWait: limits.longestWait)
  }

  /// How many calls may be at work now.
  var callsLimit: Int { self.limit.calls }

  var waitingCalls: Int { self.waiting.count }

  /// Whether the time that a call takes is to be measured: without many at work it says nothing.
  var measuresTime: Bool { self.limit.isMeasured(among: self.callsAtWork) }

  // MARK: - Calls

  /// Admits a call if there is room for it and nobody waits.
  mutating func admitNow() -> Bool {
    guard self.callsAtWork < self.limit.calls, self.waiting.isEmpty else { return false }
    self.callsAtWork += 1
    return true
  }

  /// Lets a call wait.
  mutating func wait(_ call: Call) -> WaitingCalls<Ticket>.Arrival { self.waiting.add(call) }

  /// A call that was admitted has ended.
  ///
  /// - Parameter began: When it was admitted; nil if its time was not measured.
  mutating func callEnded(
    began: Instant?, target: Duration, succeeded: Bool, at now: @autoclosure () -> Instant
  ) -> Departures {
    defer { assert(self.callsAtWork >= 0) }
    if let began {
      self.limit.callEnded(
        began: began, at: now(), target: target, among: self.callsAtWork, succeeded: succeeded)
    }
    self.callsAtWork -= 1
    guard !self.waiting.isEmpty else { return Departures() }
    return self.admitWaiting(at: now())
  }

  /// A call that waits is given up; nil if it does not wait any more.
  mutating func giveUp(_ id: UInt64, _ criticality: Criticality) -> Call? {
    self.waiting.remove(id, criticality)
  }

  private mutating func admitWaiting(at now: Instant) -> Departures {
    var departures = Departures()
    while self.callsAtWork < self.limit.calls, !self.waiting.isEmpty {
      let left = self.waiting.takeNext(at: now)
      departures.refused += left.refused
      departures.expired += left.expired
      guard let next = left.next else { break }
      self.callsAtWork += 1
      departures.admitted.append(next)
    }
    return departures
  }

  // MARK: - Streams

  /// Admits a stream if there is room for one of its criticality.
  mutating func admitStream(_ criticality: Criticality) -> Bool {
    guard self.streams < self.limits.streams(for: criticality) else { return false }
    self.streams += 1
    return true
  }

  mutating func streamEnded() { self.streams -= 1 }
}
