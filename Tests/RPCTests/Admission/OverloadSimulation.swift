import TestSupport

@testable import RPC

/// A server with a known capacity under load that does not wait for its answers, played event by event on
/// a clock of its own: what it does is decided by `AdmissionGate` as in a server, and does not depend on the
/// machine.
///
/// Behind the gate a handler needs one of so many workers for so long, first come, first served, as with the
/// connections of a database. A caller that has waited until its deadline is gone, and what was done for it
/// is lost.
struct OverloadSimulation {
  typealias Instant = ContinuousClock.Instant

  /// Calls of one criticality.
  struct Load {
    var criticality: Criticality
    /// How many times as many as the server can do.
    var factor: Double
  }

  var limits = ConcurrencyLimits()
  /// Whether there is a gate at all.
  var hasGate = true
  var workers = 8
  var serviceTime: Duration = .milliseconds(20)
  /// What the contract says, and callers, too.
  var deadline: Duration = .milliseconds(500)
  var loads: [Load] = [Load(criticality: .critical, factor: 2)]
  /// How late it is found that a caller has gone, as on a loop that is busy.
  var timerDelay: Duration = .milliseconds(20)
  var duration: Duration = .seconds(10)
  /// Calls that come before then are not counted: the limit is being found.
  var warmUp: Duration = .zero

  /// What became of the calls of one criticality.
  struct Outcome {
    var calls = 0
    /// Answered before their deadline.
    var answered = 0
    var refused = 0
    /// Dropped while they waited: their deadline had passed.
    var expired = 0
    /// Began after their deadline.
    var startedLate = 0
  }

  /// Outcomes, and how many answers there could have been.
  struct Result {
    var outcomes: [Criticality: Outcome] = [:]
    var peak = 0.0
    /// The longest that a call which was refused had to wait for that.
    var longestRefusal: Duration = .zero
    var answered: Int { outcomes.values.reduce(0) { $0 + $1.answered } }
    var goodput: Double { Double(answered) / peak }
  }

  private struct Call {
    let criticality: Criticality
    let came: Instant
    let deadline: Instant
    var admitted: Instant?
    var isMeasured = false
  }

  private enum Event {
    case arrival(Criticality, gap: Duration)
    case served(Int)
    case gone(Int)
  }

  /// Plays all of it.
  func run(seed: UInt64 = 7) async -> Result {
    var play = Play(self, seed)
    return await play.run()
  }

  private struct Play {
    let settings: OverloadSimulation
    let start = Instant.now
    var now: Instant
    var random: SeededGenerator
    var gate: AdmissionGate<Int>
    var events: [(time: Instant, order: Int, event: Event)] = []
    var eventCount = 0
    var eventsPlayed = 0
    var calls: [Call] = []
    /// Waiting for a worker, in their order.
    var inLine: [Int] = []
    var inService: Set<Int> = []
    var ended: Set<Int> = []
    var result = Result()

    init(_ settings: OverloadSimulation, _ seed: UInt64) {
      self.settings = settings
      now = start
      random = SeededGenerator(seed: seed)
      gate = AdmissionGate(settings.limits)
      result.peak =
        (settings.duration - settings.warmUp) / settings.serviceTime * Double(settings.workers)
    }

    mutating func run() async -> Result {
      let capacity = Double(settings.workers) / (settings.serviceTime / .seconds(1))
      for load in settings.loads {
        let gap = Duration.seconds(1 / (capacity * load.factor))
        schedule(.arrival(load.criticality, gap: gap), after: .zero)
      }
      while let (time, event) = nextEvent() {
        now = time
        // Other tests run on this thread, too, and some of them have deadlines.
        eventsPlayed += 1
        if eventsPlayed.isMultiple(of: 500) { await Task.yield() }
        switch event {
        case .arrival(let criticality, let gap):
          guard start.duration(to: now) < settings.duration else { continue }
          // At random, half a gap more or less.
          schedule(
            .arrival(criticality, gap: gap),
            after: gap * Double.random(in: 0.5...1.5, using: &random))
          arrive(criticality)
        case .served(let id): served(id)
        case .gone(let id): gone(id)
        }
      }
      return result
    }

    private mutating func arrive(_ criticality: Criticality) {
      let id = calls.count
      calls.append(Call(criticality: criticality, came: now, deadline: now + settings.deadline))
      note(id) { $0.calls += 1 }
      schedule(.gone(id), after: settings.deadline + settings.timerDelay)
      if !settings.hasGate { return begin(id) }
      if gate.admitNow() {
        calls[id].isMeasured = gate.measuresTime
        return begin(id)
      }
      let waiting = AdmissionGate<Int>.Call(
        id: UInt64(id), criticality: criticality, since: now, deadline: calls[id].deadline,
        ticket: id)
      switch gate.wait(waiting) {
      case .waits: break
      case .waitsInsteadOf(let other): refuse(other.ticket)
      case .refused: refuse(id)
      }
    }

    private mutating func note(_ id: Int, _ change: (inout Outcome) -> Void) {
      guard start.duration(to: calls[id].came) >= settings.warmUp else { return }
      change(&result.outcomes[calls[id].criticality, default: Outcome()])
    }

    private mutating func refuse(_ id: Int) {
      ended.insert(id)
      note(id) { $0.refused += 1 }
      result.longestRefusal = max(result.longestRefusal, calls[id].came.duration(to: now))
    }

    private mutating func begin(_ id: Int) {
      if now > calls[id].deadline { note(id) { $0.startedLate += 1 } }
      calls[id].admitted = now
      inLine.append(id)
      serveNext()
    }

    private mutating func serveNext() {
      while inService.count < settings.workers, !inLine.isEmpty {
        let id = inLine.removeFirst()
        inService.insert(id)
        schedule(.served(id), after: settings.serviceTime)
      }
    }

    private mutating func served(_ id: Int) {
      guard inService.remove(id) != nil else { return }
      ended.insert(id)
      if now <= calls[id].deadline { note(id) { $0.answered += 1 } }
      leave(id, succeeded: true)
    }

    /// The deadline has passed.
    private mutating func gone(_ id: Int) {
      guard !ended.contains(id) else { return }
      ended.insert(id)
      if calls[id].admitted == nil {
        _ = gate.giveUp(UInt64(id), calls[id].criticality)
      } else {
        if inService.remove(id) == nil { inLine.removeAll { $0 == id } }
        leave(id, succeeded: false)
      }
    }

    private mutating func leave(_ id: Int, succeeded: Bool) {
      defer { serveNext() }
      guard settings.hasGate else { return }
      let departures = gate.callEnded(
        began: calls[id].isMeasured ? calls[id].admitted : nil, target: settings.deadline / 2,
        succeeded: succeeded, at: now)
      for call in departures.refused { refuse(call.ticket) }
      for call in departures.expired {
        ended.insert(call.ticket)
        note(call.ticket) { $0.expired += 1 }
      }
      for call in departures.admitted {
        calls[call.ticket].isMeasured = true
        begin(call.ticket)
      }
    }

    private mutating func schedule(_ event: Event, after time: Duration) {
      eventCount += 1
      let entry = (time: now + time, order: eventCount, event: event)
      // Sorted, the next one last.
      var (low, high) = (0, events.count)
      while low < high {
        let middle = (low + high) / 2
        let other = events[middle]
        if (other.time, other.order) > (entry.time, entry.order) {
          low = middle + 1
        } else {
          high = middle
        }
      }
      events.insert(entry, at: low)
    }

    private mutating func nextEvent() -> (Instant, Event)? {
      events.popLast().map { ($0.time, $0.event) }
    }
  }
}
