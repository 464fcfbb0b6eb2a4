import Core
import MarketDataDomain
import TestSupport
import Testing

@testable import MarketDataService

@Suite("Quote hub", .timeLimit(.minutes(5)))
struct QuoteHubTests {
  private static let symbols = ["A", "B", "C"].map { Symbol(rawValue: $0) }

  private static func tick(_ symbol: Symbol, _ sequence: Int64) -> Tick {
    let quote = Quote(
      symbol: symbol, sequence: sequence, bidPrice: 1, bidSize: 1, askPrice: 2, askSize: 1,
      lastPrice: 1, lastSize: 1, marketTime: Instant(microseconds: sequence))
    return Tick(quote, step: sequence - 1, publishedAt: .epoch)
  }

  @Test("between snapshot and updates nothing is lost and nothing told twice")
  func noGap() async throws {
    let hub = QuoteHub(latest: [])
    let symbol = Self.symbols[0]
    let last: Int64 = 2_000
    let collected = try await withThrowingTaskGroup(of: [Int64].self) { group in
      for _ in 0..<8 {
        group.addTask {
          // Each subscribes at another moment.
          var all: [Int64] = []
          var (snapshot, subscription) = hub.subscribe(to: [symbol])
          while snapshot.isEmpty {
            hub.unsubscribe(subscription)
            await Task.yield()
            (snapshot, subscription) = hub.subscribe(to: [symbol])
          }
          all += snapshot.map(\.quote.sequence)
          while all.last != last, let update = await subscription.next() {
            all.append(update.tick.quote.sequence)
            if update.sequence != Int64(all.count) { return [] }
          }
          hub.unsubscribe(subscription)
          return all
        }
      }
      for sequence in 1...last {
        hub.publish([Self.tick(symbol, sequence)], nextStep: sequence)
        // Readers that keep up: never more than a few are on their way.
        if sequence % 50 == 0 { try await Task.sleep(for: .milliseconds(5)) }
      }
      return try await group.reduce(into: [[Int64]]()) { $0.append($1) }
    }
    #expect(collected.count == 8)
    for sequences in collected where !sequences.isEmpty {
      #expect(sequences == Array((sequences.first ?? 0)...last))
    }
    #expect(collected.contains { !$0.isEmpty })
    #expect(hub.subscriptionCount == 0)
  }

  @Test("a full buffer is cut to the latest of each symbol, in order, with the numbers they had")
  func conflation() async {
    let hub = QuoteHub(latest: [])
    let (snapshot, subscription) = hub.subscribe(to: Self.symbols)
    #expect(snapshot.isEmpty)
    let rounds = Int64(QuoteSubscription.bufferLimit)
    for sequence in 1...rounds {
      hub.publish(Self.symbols.map { Self.tick($0, sequence) }, nextStep: sequence)
    }
    // 3 · 256 offered: whenever 256 are held, only the latest three stay.
    var received: [QuoteSubscription.Update] = []
    while let update = await subscription.next() {
      received.append(update)
      if update.sequence == 3 * rounds + 1 { break }
    }
    #expect(received.count <= QuoteSubscription.bufferLimit)
    let isRising = zip(received, received.dropFirst()).allSatisfy { $0.sequence < $1.sequence }
    #expect(isRising)
    for symbol in Self.symbols {
      let sequences = received.map(\.tick.quote).filter { $0.symbol == symbol }.map(\.sequence)
      #expect(sequences.last == rounds)
      #expect(sequences == sequences.sorted())
    }
    // Each number is the place among all that were offered, after the snapshot.
    for update in received {
      let index = Self.symbols.firstIndex(of: update.tick.quote.symbol) ?? 0
      #expect(update.sequence == (update.tick.quote.sequence - 1) * 3 + Int64(index) + 2)
    }
  }

  @Test("symbols not asked for are neither told nor counted")
  func filter() async {
    let hub = QuoteHub(latest: [Self.tick(Self.symbols[0], 4), Self.tick(Self.symbols[1], 5)])
    #expect(hub.nextStep == 5)
    let (snapshot, subscription) = hub.subscribe(to: [Self.symbols[1], Self.symbols[2]])
    #expect(snapshot.map(\.quote.sequence) == [5])
    hub.publish([Self.tick(Self.symbols[0], 5), Self.tick(Self.symbols[2], 1)], nextStep: 6)
    let update = await subscription.next()
    #expect(update?.tick.quote.symbol == Self.symbols[2])
    #expect(update?.sequence == 2)
  }

  @Test("a waiting reader ends with its task, or with the hub")
  func ends() async throws {
    let hub = QuoteHub(latest: [])
    let (_, first) = hub.subscribe(to: Self.symbols)
    let reading = Task { await first.next() == nil }
    reading.cancel()
    #expect(await reading.value)
    let (_, second) = hub.subscribe(to: Self.symbols)
    async let ended = second.next() == nil
    hub.close()
    #expect(await ended)
    #expect(await hub.subscribe(to: Self.symbols).subscription.next() == nil)
  }
}
