import TestSupport
import Testing

@testable import Gateway

@Suite("A window that slides")
struct SlidingWindowTests {
  private static let second: Int64 = 1_000_000

  /// The obvious twin: it remembers everything, by times of its own that never go back.
  private struct NaiveLog {
    var admitted: [Int64] = []

    func admits(at now: Int64, limit: Int, width: Int64) -> Bool {
      admitted.count { $0 > now - width && $0 <= now } < limit
    }

    func most(in width: Int64) -> Int {
      admitted.map { start in admitted.count { $0 >= start && $0 < start + width } }.max() ?? 0
    }
  }

  @Test("Ten of eleven are admitted in sixty seconds, and the eleventh when the first is that old")
  func elevenths() {
    var window = SlidingWindow()
    for index in 0..<10 {
      let verdict = window.admit(
        at: Int64(index) * Self.second, limit: 10, width: 60 * Self.second)
      #expect(
        verdict
          == .init(isAdmitted: true, remaining: 9 - index, wait: (60 - Int64(index)) * Self.second))
    }
    let refused = window.admit(at: 9_500_000, limit: 10, width: 60 * Self.second)
    #expect(refused == .init(isAdmitted: false, remaining: 0, wait: 50_500_000))
    // A microsecond too early, and in time.
    #expect(!window.admit(at: 59_999_999, limit: 10, width: 60 * Self.second).isAdmitted)
    #expect(window.admit(at: 60_000_000, limit: 10, width: 60 * Self.second).isAdmitted)
    #expect(!window.admit(at: 60_000_000, limit: 10, width: 60 * Self.second).isAdmitted)
    #expect(window.admit(at: 61_000_000, limit: 10, width: 60 * Self.second).isAdmitted)
  }

  @Test("It decides as a log that remembers everything", arguments: 0..<40)
  func property(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let limit = Int.random(in: 1...20, using: &random)
    let width = Int64.random(in: 1...5_000, using: &random)
    var window = SlidingWindow()
    var log = NaiveLog()
    var now: Int64 = 0
    for _ in 0..<1_500 {
      // Bursts, spaced requests, and steps that end exactly with a window.
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: break
      case 5..<8: now += Int64.random(in: 0...(2 * width / Int64(limit) + 1), using: &random)
      case 8: now += width
      default: if let oldest = log.admitted.suffix(limit).first { now = max(now, oldest + width) }
      }
      let expected = log.admits(at: now, limit: limit, width: width)
      let verdict = window.admit(at: now, limit: limit, width: width)
      #expect(verdict.isAdmitted == expected)
      if verdict.isAdmitted {
        log.admitted.append(now)
      } else {
        // So long and no shorter: waiting is worth it exactly then.
        #expect(log.admits(at: now + verdict.wait, limit: limit, width: width))
        #expect(!log.admits(at: now + verdict.wait - 1, limit: limit, width: width))
      }
    }
    #expect(log.most(in: width) <= limit)
    #expect(log.admitted.count > limit)
  }

  @Test(
    "A clock that is set back lets nobody in early and keeps nobody out for longer",
    arguments: 0..<20)
  func steps(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let (limit, width): (Int, Int64) = (5, 1_000)
    var window = SlidingWindow()
    var log = NaiveLog()
    // What really passes, and what the clock shows.
    var (time, offset): (Int64, Int64) = (0, 0)
    for _ in 0..<2_000 {
      time += Int64.random(in: 0...300, using: &random)
      if Int.random(in: 0..<50, using: &random) == 0 {
        offset -= Int64.random(in: 1...100_000, using: &random)
      }
      let verdict = window.admit(at: time + offset, limit: limit, width: width)
      #expect(verdict.wait <= width)
      if verdict.isAdmitted { log.admitted.append(time) }
    }
    #expect(log.most(in: width) <= limit)
    #expect(log.admitted.count > 200)
  }

  @Test("What was refused elsewhere is taken back; a lower limit waits for more to leave")
  func withdrawing() {
    var window = SlidingWindow()
    for time in [1, 2, 3] as [Int64] { _ = window.admit(at: time, limit: 3, width: 100) }
    #expect(!window.admit(at: 4, limit: 3, width: 100).isAdmitted)
    window.withdraw(admittedAt: 2)
    window.withdraw(admittedAt: 77)
    #expect(window.admit(at: 4, limit: 3, width: 100).isAdmitted)
    // 1, 3 and 4 are remembered: with a limit of two, 1 and 3 have to leave.
    #expect(
      window.admit(at: 5, limit: 2, width: 100) == .init(isAdmitted: false, remaining: 0, wait: 98))
    #expect(!window.admit(at: 102, limit: 2, width: 100).isAdmitted)
    #expect(window.admit(at: 103, limit: 2, width: 100).isAdmitted)
  }

  @Test("Memory is bounded, and nobody gets more for it", arguments: 0..<20)
  func bounded(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let (limit, width, capacity): (Int, Int64, Int) = (3, 1_000, 8)
    var windows = SlidingWindows<Int>(width: width, capacity: capacity)
    var logs: [Int: NaiveLog] = [:]
    var now: Int64 = 0
    for round in 0..<4_000 {
      now += Int64.random(in: 0...20, using: &random)
      // A crowd in every other thousand, few callers between.
      let caller = Int.random(in: 0..<(round / 1_000 % 2 == 0 ? 300 : 4), using: &random)
      if windows.admit(caller, at: now, limit: limit).isAdmitted {
        logs[caller, default: NaiveLog()].admitted.append(now)
      }
      #expect(windows.count <= capacity)
    }
    for log in logs.values { #expect(log.most(in: width) <= limit) }
    #expect(logs.count > capacity)
    // When all is forgotten there is room again, and a caller has its limit.
    now += 3 * width
    for caller in 0..<capacity { _ = windows.admit(1_000 + caller, at: now, limit: limit) }
    now += 2 * width
    for _ in 0..<limit { #expect(windows.admit(5, at: now, limit: limit).isAdmitted) }
    #expect(!windows.admit(5, at: now, limit: limit).isAdmitted)
  }
}
