import Events
import Logging
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

@Suite(.timeLimit(.minutes(5))) struct EventSubscriptionTests {
  let fixture = FixtureHistory()

  private func subscription(limit: Int = 8) -> EventSubscription<Tick> {
    EventSubscription(key: "k", limit: limit, history: fixture.history, logger: .quiet)
  }

  /// What an iteration returns until there are `count`.
  private func sequences(
    _ events: EventSubscription<Tick>.Events, _ count: Int
  ) async throws -> [Int64] {
    var iterator = events.makeAsyncIterator()
    var result: [Int64] = []
    while result.count < count, let event = try await iterator.next() {
      result.append(event.headers.sequence)
    }
    return result
  }

  @Test func repeatedAndOldEventsAreDropped() async throws {
    let subscription = subscription(limit: 100)
    for sequence in [3, 4, 5, 4, 5, 6, 1, 7] { subscription.offer(envelope("k", Int64(sequence))) }
    #expect(try await sequences(subscription.events(after: 4), 3) == [5, 6, 7])
  }

  @Test func aHoleIsFilledFromTheHistory() async throws {
    fixture.state.withLock { $0.count = 10 }  // Nothing is marked as published yet.
    let subscription = subscription()
    subscription.offer(envelope("k", 9))
    subscription.offer(envelope("k", 10))
    #expect(try await sequences(subscription.events(after: 4), 6) == [5, 6, 7, 8, 9, 10])
  }

  @Test func whatIsGoneForGoodIsPassedOver() async throws {
    fixture.state.withLock {
      $0.count = 10
      $0.pruned = [5, 6, 8]
    }
    let subscription = subscription()
    subscription.offer(envelope("k", 9))
    subscription.offer(envelope("k", 10))
    #expect(try await sequences(subscription.events(after: 4), 3) == [7, 9, 10])
  }

  @Test func aSlowReaderLosesNothing() async throws {
    fixture.state.withLock {
      $0.count = 1_000
      $0.published = 1_000
    }
    let subscription = subscription(limit: 8)
    for sequence in 1...1_000 { subscription.offer(envelope("k", Int64(sequence))) }
    #expect(try await sequences(subscription.events(after: 0), 1_000) == Array(1...1_000))
  }

  @Test("what did not fit was published, though the outbox may not know that yet")
  func whatDidNotFitIsNotForgotten() async throws {
    fixture.state.withLock { $0.count = 4 }  // Nothing is marked as published yet.
    let subscription = subscription(limit: 2)
    for sequence in 1...3 { subscription.offer(envelope("k", Int64(sequence))) }
    subscription.end()
    #expect(try await sequences(subscription.events(after: 0), 4) == [1, 2, 3])
  }

  @Test func onlyPublishedEventsFollowAReopening() async throws {
    fixture.state.withLock {
      $0.count = 9
      $0.published = 6
    }
    let subscription = subscription()
    subscription.noteMissed()
    subscription.end()
    #expect(try await sequences(subscription.events(after: 4), 9) == [5, 6])
  }

  @Test func anOutageOfTheHistoryIsWaitedFor() async throws {
    fixture.state.withLock {
      $0.count = 6
      $0.failures = 3
    }
    let subscription = subscription()
    subscription.offer(envelope("k", 6))
    #expect(try await sequences(subscription.events(after: 4), 2) == [5, 6])
    #expect(fixture.state.withLock { $0.reads } == 4)
  }

  @Test func eventsThatAreNotCountedPassAsTheyCome() async throws {
    let subscription = subscription()
    subscription.offer(envelope("k", 0))
    subscription.offer(envelope("k", 0))
    #expect(try await sequences(subscription.events(after: 0), 2) == [0, 0])
  }

  @Test func aCancelledReaderEnds() async throws {
    let subscription = subscription()
    let reader = Task { try await sequences(subscription.events(after: 0), 1) }
    try await Task.sleep(for: .milliseconds(50))
    reader.cancel()
    #expect(try await reader.value.isEmpty)
  }

  /// A reader with a small buffer, beside a broker that repeats, loses and reorders: each event
  /// once, in order.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func anyDeliveryComesOutInOrder(seed: UInt64)
    async throws
  {
    var random = SplitMix(state: seed)
    let subscription = subscription(limit: 5)
    async let result = sequences(subscription.events(after: 0), 500)
    for sequence in 1...500 as ClosedRange<Int64> {
      fixture.state.withLock {
        $0.count = sequence
        $0.published = sequence
      }
      switch Int.random(in: 0..<10, using: &random) {
      case 0: break  // Lost.
      case 1:
        for repeated in max(1, sequence - 3)...sequence {
          subscription.offer(envelope("k", repeated))
        }
      default: subscription.offer(envelope("k", sequence))
      }
      if Bool.random(using: &random) { await Task.yield() }
    }
    subscription.offer(envelope("k", 500))
    #expect(try await result == Array(1...500))
  }

  struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }
}
