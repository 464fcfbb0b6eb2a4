import Testing

@testable import RPC

/// Who is next, and who is refused.
@Suite struct WaitingCallsTests {
  private let start = ContinuousClock.now
  private var waiting = WaitingCalls<String>(capacity: 4, longestWait: .milliseconds(100))

  private func call(
    _ name: String, _ criticality: Criticality = .critical, at time: Int = 0, deadline: Int? = nil
  ) -> WaitingCalls<String>.Call {
    .init(
      id: UInt64(name.utf8.first ?? 0), criticality: criticality, since: instant(time),
      deadline: deadline.map(instant), ticket: name)
  }

  private func instant(_ milliseconds: Int) -> ContinuousClock.Instant {
    start + .milliseconds(milliseconds)
  }

  /// Lets calls wait for which there is room.
  private mutating func add(_ calls: WaitingCalls<String>.Call...) {
    for call in calls {
      guard case .waits = waiting.add(call) else {
        Issue.record("there was to be room for \(call.ticket)")
        continue
      }
    }
  }

  @Test mutating func theMostCriticalIsNextThenWhoeverCameFirst() {
    add(
      call("a", .sheddable), call("b", .critical), call("c", .criticalPlus), call("d", .critical))
    #expect(
      (0..<5).map { _ in waiting.takeNext(at: instant(10)).next?.ticket } == [
        "c", "b", "d", "a", nil,
      ])
    #expect(waiting.isEmpty)
  }

  @Test(
    "in a line that is never empty whoever came last is next, and the others are refused in time")
  mutating func lastComesFirst() {
    add(call("a", at: 0), call("b", at: 60), call("c", at: 99))
    let first = waiting.takeNext(at: instant(100))
    #expect(first.next?.ticket == "a")
    #expect(first.refused.isEmpty)
    add(call("d", at: 100))
    let second = waiting.takeNext(at: instant(101))
    #expect(second.next?.ticket == "d")
    #expect(second.refused.isEmpty)
    let third = waiting.takeNext(at: instant(161))
    #expect(third.next?.ticket == "c")
    #expect(third.refused.map(\.ticket) == ["b"])
    // It was empty: in turn again.
    add(call("e", at: 170), call("f", at: 171))
    #expect(waiting.takeNext(at: instant(172)).next?.ticket == "e")
  }

  @Test("the less critical do not wait longer for not being served")
  mutating func lessCriticalAreRefusedInTime() {
    add(call("a", .sheddable, at: 0), call("b", .critical, at: 90))
    let departures = waiting.takeNext(at: instant(101))
    #expect(departures.next?.ticket == "b")
    #expect(departures.refused.map(\.ticket) == ["a"])
    #expect(waiting.isEmpty)
  }

  @Test("whose deadline has passed is not next, to the instant")
  mutating func expired() {
    add(call("a", deadline: 10), call("b", deadline: 11))
    let departures = waiting.takeNext(at: instant(10))
    #expect(departures.expired.map(\.ticket) == ["a"])
    #expect(departures.next?.ticket == "b")
  }

  @Test("a full queue gives up the oldest of the least critical, but for nobody less critical")
  mutating func full() {
    add(
      call("a", .sheddablePlus), call("b", .critical), call("c", .critical),
      call("d", .criticalPlus))
    func outcome(_ arrival: WaitingCalls<String>.Arrival) -> String {
      switch arrival {
      case .waits: "waits"
      case .waitsInsteadOf(let other): other.ticket
      case .refused: "refused"
      }
    }
    #expect(outcome(waiting.add(call("e", .sheddable))) == "refused")
    #expect(outcome(waiting.add(call("f", .sheddablePlus))) == "a")
    #expect(outcome(waiting.add(call("g", .critical))) == "f")
    #expect(outcome(waiting.add(call("h", .critical))) == "b")
    #expect(outcome(waiting.add(call("i", .criticalPlus))) == "c")
    #expect(waiting.count == 4)
  }

  @Test mutating func whoGivesUpIsNotThereAnyMore() {
    add(call("a"), call("b"))
    #expect(waiting.remove(UInt64(UInt8(ascii: "a")), .critical)?.ticket == "a")
    #expect(waiting.remove(UInt64(UInt8(ascii: "a")), .critical) == nil)
    #expect(waiting.takeNext(at: instant(1)).next?.ticket == "b")
  }

  @Test("no room at all refuses whoever comes")
  mutating func noQueue() {
    var waiting = WaitingCalls<String>(capacity: 0, longestWait: .milliseconds(100))
    guard case .refused = waiting.add(call("a", .criticalPlus)) else {
      Issue.record("there was to be no room")
      return
    }
  }
}
