import DequeModule

/// Calls that wait until there is room, in a line for each criticality.
///
/// Who is next is of the most critical line that has anybody. In a line that was empty a while ago it is
/// whoever came first; in one that was not, whoever came last: those in front have lost most of their
/// time already, and to serve them in turn would make everyone late (adaptive LIFO, as in Maurer, "Fail at
/// Scale", ACM Queue 13(8), 2015). Who has waited for too long is refused, so that it can ask elsewhere.
struct WaitingCalls<Ticket: Sendable>: Sendable {
  typealias Instant = ContinuousClock.Instant

  struct Call: Sendable {
    let id: UInt64
    let criticality: Criticality
    let since: Instant
    let deadline: Instant?
    /// What belongs to it.
    let ticket: Ticket
  }

  /// What became of calls when one was taken.
  struct Departures: Sendable {
    var next: Call?
    /// Waited for too long.
    var refused: [Call] = []
    /// Nobody waits for their answer any more.
    var expired: [Call] = []
  }

  /// What became of a call that came.
  enum Arrival: Sendable {
    case waits
    /// There was no room: it waits instead of one that is no more critical.
    case waitsInsteadOf(Call)
    /// There is no room, and nobody here is less critical.
    case refused
  }

  private struct Line: Sendable {
    var calls = Deque<Call>()
    /// Since when it has not been empty.
    var busySince: Instant?
  }

  /// By criticality, the least first.
  private var lines = Criticality.allCases.map { _ in Line() }
  private let capacity: Int
  private let longestWait: Duration
  private(set) var count = 0

  init(capacity: Int, longestWait: Duration) {
    self.capacity = capacity
    self.longestWait = longestWait
  }

  var isEmpty: Bool { self.count == 0 }

  mutating func add(_ call: Call) -> Arrival {
    var victim: Call?
    if self.count >= self.capacity {
      let least = self.lines.firstIndex { !$0.calls.isEmpty }
      guard let least, least <= call.criticality.index else { return .refused }
      victim = self.remove(at: 0, of: least)
    }
    let index = call.criticality.index
    if self.lines[index].calls.isEmpty { self.lines[index].busySince = call.since }
    self.lines[index].calls.append(call)
    self.count += 1
    return victim.map { .waitsInsteadOf($0) } ?? .waits
  }

  /// Takes whoever is next, and whoever has no reason to wait any more.
  mutating func takeNext(at now: Instant) -> Departures {
    var departures = Departures()
    for index in self.lines.indices.reversed() {
      while departures.next == nil, let call = self.takeNext(of: index, at: now) {
        if let deadline = call.deadline, deadline <= now {
          departures.expired.append(call)
        } else {
          departures.next = call
        }
      }
      while let first = self.lines[index].calls.first,
        first.since.duration(to: now) > self.longestWait
      {
        departures.refused.append(self.remove(at: 0, of: index))
      }
    }
    return departures
  }

  /// Takes a call that is given up; nil if it is not here any more.
  mutating func remove(_ id: UInt64, _ criticality: Criticality) -> Call? {
    let index = criticality.index
    guard let position = self.lines[index].calls.firstIndex(where: { $0.id == id }) else {
      return nil
    }
    return self.remove(at: position, of: index)
  }

  private mutating func takeNext(of index: Int, at now: Instant) -> Call? {
    guard let busySince = self.lines[index].busySince else { return nil }
    let isBusy = busySince.duration(to: now) > self.longestWait
    return self.remove(at: isBusy ? self.lines[index].calls.count - 1 : 0, of: index)
  }

  private mutating func remove(at position: Int, of index: Int) -> Call {
    self.count -= 1
    let call = self.lines[index].calls.remove(at: position)
    if self.lines[index].calls.isEmpty { self.lines[index].busySince = nil }
    return call
  }
}

extension Criticality {
  /// Its place in an array of all, the least critical first.
  var index: Int { self.rawValue - 1 }
}
