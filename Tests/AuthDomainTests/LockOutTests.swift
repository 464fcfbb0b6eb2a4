import AuthDomain
import Core
import Testing

@Suite struct LockOutTests {
  private static let start = Instant(microseconds: 1_700_000_000_000_000)

  private static func fail(_ lockOut: inout LockOut, at now: Instant) throws(TooManyLogIns) {
    try lockOut.begin(at: now)
    lockOut.fail(begunAt: now, at: now)
  }

  @Test("ten are free; from then on each wrong one locks for twice as long, up to an hour")
  func doubles() throws {
    var lockOut = LockOut()
    var now = Self.start
    for _ in 0..<10 { try Self.fail(&lockOut, at: now) }
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
      let length = Duration.seconds(minutes * 60)
      #expect(throws: TooManyLogIns(retryAfter: length)) { try Self.fail(&lockOut, at: now) }
      #expect(throws: TooManyLogIns(retryAfter: .seconds(1))) {
        try Self.fail(&lockOut, at: now + length - .seconds(1))
      }
      now = now + length
      try Self.fail(&lockOut, at: now)
    }
  }

  @Test("behind a lock guesses are made one at a time")
  func oneAtATime() throws {
    var lockOut = LockOut()
    for _ in 0..<10 { try Self.fail(&lockOut, at: Self.start) }
    let later = Self.start + .seconds(60)
    try lockOut.begin(at: later)
    #expect(throws: TooManyLogIns(retryAfter: LockOut.busyDelay)) { try lockOut.begin(at: later) }
    lockOut.abandon(begunAt: later)
    try lockOut.begin(at: later)
    lockOut.succeed(begunAt: later)
    #expect(lockOut == LockOut())
  }

  @Test("ten at once are let in, whatever comes of them, and no eleventh")
  func atOnce() throws {
    var lockOut = LockOut()
    for _ in 0..<10 { try lockOut.begin(at: Self.start) }
    #expect(throws: TooManyLogIns(retryAfter: LockOut.busyDelay)) {
      try lockOut.begin(at: Self.start)
    }
    for _ in 0..<10 { lockOut.fail(begunAt: Self.start, at: Self.start) }
    #expect(lockOut.lockedUntil == Self.start + .seconds(60))
  }

  @Test("an attempt whose process died is not under way for ever, and ends late without harm")
  func lostAttempts() throws {
    var lockOut = LockOut()
    for _ in 0..<10 { try lockOut.begin(at: Self.start) }
    let later = Self.start + LockOut.longestAttempt
    #expect(throws: TooManyLogIns.self) { try lockOut.begin(at: later - .microseconds(1)) }
    try lockOut.begin(at: later)
    #expect(lockOut.underWay == [later])
    // One of the ten was alive after all: its wrong password counts, and it is nobody else's place.
    lockOut.fail(begunAt: Self.start, at: later)
    #expect(lockOut.failures == 1 && lockOut.underWay == [later])
  }

  @Test("a day without a wrong password is a new beginning")
  func forgets() throws {
    var lockOut = LockOut()
    for _ in 0..<10 { try Self.fail(&lockOut, at: Self.start) }
    let nextDay = Self.start + LockOut.memory
    #expect(!lockOut.isForgotten(at: nextDay - .seconds(1)) && lockOut.isForgotten(at: nextDay))
    for _ in 0..<10 { try Self.fail(&lockOut, at: nextDay) }
    #expect(lockOut.failures == 10)
  }

  /// Guessers of any patience: 1,000 guesses, spread evenly or in bursts over up to twelve hours.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func ofAThousandGuessesThirtyAreEvaluated(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let span = Int.random(in: 1...43_200, using: &random)
    var times = (0..<1_000).map { _ in Int.random(in: 0...span, using: &random) }
    times.sort()
    var lockOut = LockOut()
    var evaluated = 0
    for time in times {
      do {
        try Self.fail(&lockOut, at: Self.start + .seconds(time))
        evaluated += 1
      } catch {}
    }
    #expect((10...30).contains(evaluated), "\(evaluated) in \(span) s")
  }
}
