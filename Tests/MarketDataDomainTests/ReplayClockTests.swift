import Core
import MarketDataDomain
import Testing

@Suite("ReplayClock")
struct ReplayClockTests {
  @Test("a step is due exactly from its time on", arguments: [1, 7, 60, 9_999, 10_000])
  func due(speed: Int) {
    let start = Instant(microseconds: 1_700_000_000_000_000)
    let clock = ReplayClock(session: .standard, speed: speed, firstStep: 41, startedAt: start)
    #expect(clock.stepsDue(at: start - .microseconds(1)) == 0)
    for count in Int64(1)...2000 {
      let step = 41 + count - 1
      let time = clock.time(of: step)
      #expect(clock.stepsDue(at: time) >= count)
      if count > 1 {
        #expect(clock.stepsDue(at: time - .microseconds(1)) < count)
      }
    }
  }

  @Test("a minute at speed 60 is an hour of market time: 240 steps")
  func pace() {
    let start = Instant(microseconds: 0)
    let clock = ReplayClock(session: .standard, speed: 60, firstStep: 0, startedAt: start)
    #expect(clock.time(of: 240) == start + .seconds(60))
    #expect(clock.stepsDue(at: start + .seconds(60)) == 241)
  }
}
