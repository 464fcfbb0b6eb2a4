import Testing

@testable import RPC

/// The limit goes where calls are in time.
@Suite struct AdaptiveLimitTests {
  private let start = ContinuousClock.now
  private var limit = AdaptiveLimit(maximum: 100, initial: 100)

  private mutating func ended(
    from began: Int, to now: Int, among count: Int, succeeded: Bool = true
  ) {
    limit.callEnded(
      began: start + .milliseconds(began), at: start + .milliseconds(now),
      target: .milliseconds(50), among: count, succeeded: succeeded)
  }

  @Test("a late call takes away as much of what was at work as it was late, within bounds")
  mutating func decrease() {
    ended(from: 0, to: 51, among: 100)
    #expect(limit.calls == 90)
    ended(from: 60, to: 111, among: 80)
    #expect(limit.calls == 72)
    ended(from: 120, to: 200, among: 72)
    #expect(limit.calls == 45)
    ended(from: 210, to: 900, among: 45)
    #expect(limit.calls == 22)
  }

  @Test("those that began before a decrease say nothing about what follows")
  mutating func oneDecreaseARound() {
    for began in 0..<50 { ended(from: began, to: 51 + began, among: 100) }
    #expect(limit.calls == 90)
    ended(from: 102, to: 153, among: 90)
    #expect(limit.calls == 81)
  }

  @Test("until the first is late each call in time is room for one more")
  mutating func beginning() {
    limit = AdaptiveLimit(maximum: 200)
    #expect(limit.calls == AdaptiveLimit.initial)
    for _ in 0..<40 { ended(from: 0, to: 10, among: 60) }
    #expect(limit.calls == AdaptiveLimit.initial + 40)
    // It is not in use.
    for _ in 0..<40 { ended(from: 0, to: 10, among: 50) }
    #expect(limit.calls == AdaptiveLimit.initial + 40)
    ended(from: 0, to: 51, among: 100)
    #expect(limit.calls == 90)
    for _ in 0..<40 { ended(from: 60, to: 70, among: 90) }
    #expect(limit.calls == 90)
  }

  @Test("a round of calls in time is one more")
  mutating func increase() {
    ended(from: 0, to: 51, among: 50)
    #expect(limit.calls == 45)
    for _ in 0..<46 { ended(from: 60, to: 110, among: 45) }
    #expect(limit.calls == 46)
    for _ in 0..<100 { ended(from: 60, to: 110, among: 45, succeeded: false) }
    #expect(limit.calls == 46)
  }

  @Test("it stays within its bounds")
  mutating func bounds() {
    for round in 0..<100 { ended(from: 100 * round, to: 100 * round + 60, among: 100) }
    #expect(limit.calls == AdaptiveLimit.minimum)
    for _ in 0..<100_000 { ended(from: 0, to: 1, among: 100) }
    #expect(limit.calls == 100)
    var small = AdaptiveLimit(maximum: 2)
    small.callEnded(
      began: start, at: start + .seconds(1), target: .milliseconds(1), among: 2, succeeded: true)
    #expect(small.calls == 2)
  }

  @Test("half of the contract's time, or of a second")
  func target() {
    func method(_ deadline: Duration?) -> MethodDescriptor {
      MethodDescriptor(
        service: "test.Service", method: "Act", kind: .unary,
        access: AccessRule(callers: .anyone, user: .none), deadline: deadline)
    }
    #expect(AdaptiveLimit.target(of: method(.seconds(3))) == .milliseconds(1_500))
    #expect(AdaptiveLimit.target(of: method(nil)) == .milliseconds(500))
  }
}
