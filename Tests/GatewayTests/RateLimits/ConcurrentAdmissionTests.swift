import Core
import Observability
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("Requests that come at the same time")
struct ConcurrentAdmissionTests {
  /// A clock that goes on by a microsecond whenever it is asked, and holds up some of those who ask, so that others
  /// overtake them.
  private final class TickingClock: Core.Clock {
    /// Keeps what the clock said last to one request.
    final class Listener: Sendable {
      private let tick = Atomic<Int64>(0)
      var last: Int64 { tick.load(ordering: .relaxed) }
      func hear(_ value: Int64) { tick.store(value, ordering: .relaxed) }
    }

    @TaskLocal static var listener: Listener?
    private let ticks = Atomic<Int64>(0)

    var now: Instant {
      let tick = ticks.add(1, ordering: .relaxed).newValue
      Self.listener?.hear(tick)
      if tick.isMultiple(of: 13) {
        let end = ContinuousClock.now + .microseconds(100)
        while ContinuousClock.now < end {}
      }
      return Instant(microseconds: tick)
    }
  }

  @Test(
    "However requests overtake each other, no span of the window's length has more than the limit")
  func overtaking() async throws {
    let limit = 10
    let width: Int64 = 500
    let rate = RateLimit(limit, per: .microseconds(width), of: .user, alone: .whole)
    let limiter = try RateLimiter(
      RateLimits(["orders": rate]), clock: TickingClock(), metrics: MetricsRegistry(),
      logger: LogCapture().logger)
    let admitted = await withTaskGroup(of: [Int64].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var times: [Int64] = []
          let listener = TickingClock.Listener()
          for _ in 0..<4_000 {
            let decision = await TickingClock.$listener.withValue(listener) {
              await limiter.admit(.user("trader"), to: "orders")
            }
            if decision?.verdict.isAdmitted == true { times.append(listener.last) }
          }
          return times
        }
      }
      return await group.reduce(into: []) { $0 += $1 }.sorted()
    }
    #expect(admitted.count > limit)
    let spans = zip(admitted, admitted.dropFirst(limit)).map { $1 - $0 }
    #expect(spans.allSatisfy { $0 >= width }, "\(limit + 1) within \(spans.min() ?? 0) of \(width)")
  }
}
