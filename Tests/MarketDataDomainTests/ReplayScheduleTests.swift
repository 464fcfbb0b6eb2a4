import Core
import MarketDataDomain
import Testing

@Suite("ReplaySchedule")
struct ReplayScheduleTests {
  static let start = Instant(microseconds: 1_700_000_000_000_000)

  static func schedule(speed: Int = 60, next: Int64 = 0) -> ReplaySchedule {
    ReplaySchedule(session: .standard, speed: speed, nextStep: next, now: start)
  }

  /// What a machine makes of the schedule that needs `cost` for a batch.
  static func run(
    _ schedule: inout ReplaySchedule, for length: Duration, cost: Duration
  ) -> (batches: [Range<Int64>], end: Instant) {
    var now = start
    var batches: [Range<Int64>] = []
    while now < start + length {
      let steps = schedule.stepsDue(at: now)
      if !steps.isEmpty {
        batches.append(steps)
        now = now + cost
        schedule.advance(to: steps.upperBound)
      }
      now = now + schedule.pause(at: now)
    }
    return (batches, now)
  }

  @Test("at speed 60 each step is made alone when it is due, the first at once")
  func pace() {
    var schedule = Self.schedule(next: 41)
    let (batches, _) = Self.run(&schedule, for: .seconds(10), cost: .milliseconds(5))
    #expect(batches.first == 41..<42)
    #expect(batches.allSatisfy { $0.count == 1 })
    #expect(batches.count == 40)
    #expect(schedule.lagCount == 0)
  }

  @Test("at high speed the steps of a rest are made together", arguments: [1000, 10_000])
  func batches(speed: Int) {
    var schedule = Self.schedule(speed: speed)
    let (batches, end) = Self.run(&schedule, for: .seconds(10), cost: .milliseconds(5))
    let perSecond = Int64(speed) / 15
    let seconds = (end - Self.start).components.seconds
    #expect(abs(schedule.nextStep - perSecond * seconds) < perSecond)
    #expect(batches.count <= 10 * 20)
    #expect(zip(batches, batches.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    #expect(schedule.lagCount == 0)
  }

  @Test("a machine that cannot keep up makes bounded batches, and market time lags")
  func noSpiral() {
    var schedule = Self.schedule(speed: 10_000)
    let (batches, _) = Self.run(&schedule, for: .seconds(60), cost: .seconds(1))
    #expect(batches.allSatisfy { $0.count <= ReplaySchedule.batchLimit })
    #expect(schedule.lagCount > 0)
    #expect(schedule.nextStep < 60 * 10_000 / 15)
  }

  @Test("a short delay is made up for, a long one is not")
  func delays() {
    var schedule = Self.schedule()
    #expect(schedule.stepsDue(at: Self.start) == 0..<1)
    schedule.advance(to: 1)
    #expect(schedule.stepsDue(at: Self.start + .milliseconds(249)).isEmpty)
    #expect(schedule.stepsDue(at: Self.start + .milliseconds(2_000)) == 1..<9)
    #expect(schedule.lagCount == 0)
    #expect(schedule.stepsDue(at: Self.start + .seconds(3600)) == 1..<2)
    #expect(schedule.lagCount == 1)
  }

  @Test("a wall clock that is set back does not stop the market")
  func clockSetBack() {
    var schedule = Self.schedule()
    schedule.advance(to: 1)
    #expect(schedule.stepsDue(at: Self.start - .seconds(3600)) == 1..<2)
    #expect(schedule.pause(at: Self.start) >= ReplaySchedule.shortestPause)
  }
}
