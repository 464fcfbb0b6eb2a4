import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RPCTransport

/// The deadlines of a loop's calls.
@Suite(.timeLimit(.minutes(5))) struct DeadlineQueueTests {
  /// A call, on the loop's thread only.
  private final class Call: Expiring, @unchecked Sendable {
    let deadline: ContinuousClock.Instant?
    var deadlineIndex: Int?
    private let expired: @Sendable (Call) -> Void

    init(_ deadline: ContinuousClock.Instant?, _ expired: @escaping @Sendable (Call) -> Void) {
      self.deadline = deadline
      self.expired = expired
    }

    func expire() { self.expired(self) }
  }

  /// Random deadlines, added in any order while others are removed: those that are left expire in the order of
  /// time, and nobody else does.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func order(seed: UInt64) async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let (expirations, continuation) = AsyncStream.makeStream(of: Call.self)
    let left = try await loop.submit { () -> [Call] in
      var generator = Generator(state: seed)
      let queue = DeadlineQueue(loop)
      let start = ContinuousClock.now
      var calls: [Call] = []
      for _ in 0..<300 {
        let time = start + .microseconds(20_000 + Int.random(in: 0..<20_000, using: &generator))
        // It keeps the queue.
        let call = Call(time) { call in
          _ = queue
          continuation.yield(call)
        }
        queue.add(call)
        // A second time is none.
        queue.add(call)
        calls.append(call)
        if Int.random(in: 0..<3, using: &generator) == 0 {
          let gone = calls.remove(at: Int.random(in: 0..<calls.count, using: &generator))
          queue.remove(gone)
          queue.remove(gone)
          #expect(gone.deadlineIndex == nil)
        }
      }
      queue.add(Call(nil) { _ in Issue.record("a call without a deadline has expired") })
      #expect(Set(calls.map(\.deadlineIndex)).count == calls.count)
      return calls
    }.get()
    var order: [ContinuousClock.Instant] = []
    var seen: Set<ObjectIdentifier> = []
    for await call in expirations {
      order.append(try #require(call.deadline))
      seen.insert(ObjectIdentifier(call))
      if order.count == left.count { break }
    }
    #expect(order == order.sorted())
    #expect(seen == Set(left.map(ObjectIdentifier.init)))
    #expect(order.allSatisfy { $0 <= .now })
  }

  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return self.state ^ (self.state >> 29)
    }
  }
}
