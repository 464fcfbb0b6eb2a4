import Core
import MarketDataDomain
import Testing

@Suite("Candle")
struct CandleTests {
  /// The slow obvious twin: group by interval, then read off the group.
  static func reference(_ quotes: [Quote], _ interval: CandleInterval) -> [Candle] {
    let groups = Dictionary(grouping: quotes) { interval.start(containing: $0.marketTime) }
    let lastStart = groups.keys.max()
    return groups.sorted { $0.key < $1.key }.compactMap { start, ticks in
      guard let first = ticks.first, let last = ticks.last else { return nil }
      let prices = ticks.map(\.lastPrice)
      return Candle(
        symbol: first.symbol, interval: interval, openTime: start, open: first.lastPrice,
        high: prices.max() ?? .zero, low: prices.min() ?? .zero, close: last.lastPrice,
        volume: ticks.map(\.lastSize).reduce(.zero, +), tickCount: Int64(ticks.count),
        isClosed: start != lastStart)
    }
  }

  @Test("the book of candles equals the obvious fold, for every symbol and interval")
  func foldsTicks() throws {
    var replay = try ReplayTests.replay(stepCount: 780)
    var book = CandleBook()
    var stored: [Symbol: [CandleInterval: [Instant: Candle]]] = [:]
    var quotes: [Symbol: [Quote]] = [:]
    for step in 0..<Int64(1600) {
      let ticks = replay.quotes(at: step)
      for quote in ticks { quotes[quote.symbol, default: []].append(quote) }
      for candle in book.fold(ticks) {
        stored[candle.symbol, default: [:]][candle.interval, default: [:]][candle.openTime] = candle
      }
    }
    #expect(quotes.count == 5)
    for (symbol, ticks) in quotes {
      for interval in CandleInterval.allCases {
        let folded = (stored[symbol]?[interval] ?? [:]).values.sorted { $0.openTime < $1.openTime }
        #expect(folded == Self.reference(ticks, interval), "\(symbol) \(interval)")
      }
    }
  }

  @Test("an hour is the fold of its minutes")
  func hourOfMinutes() throws {
    var replay = try ReplayTests.replay(stepCount: 780)
    let symbol = Symbol(rawValue: "GOOG")
    let ticks = (0..<Int64(780)).flatMap { replay.quotes(at: $0) }.filter { $0.symbol == symbol }
    let minutes = Self.reference(ticks, .oneMinute)
    for hour in Self.reference(ticks, .oneHour) {
      let inside = minutes.filter {
        CandleInterval.oneHour.start(containing: $0.openTime) == hour.openTime
      }
      #expect(inside.first?.open == hour.open)
      #expect(inside.last?.close == hour.close)
      #expect(inside.map(\.high).max() == hour.high)
      #expect(inside.map(\.low).min() == hour.low)
      #expect(inside.map(\.volume).reduce(.zero, +) == hour.volume)
      #expect(inside.map(\.tickCount).reduce(0, +) == hour.tickCount)
    }
  }

  @Test("a book resumed from stored candles goes on as if it had never stopped")
  func resume() throws {
    var replay = try ReplayTests.replay(stepCount: 780)
    var whole = CandleBook()
    var before: [Candle] = []
    for step in 0..<Int64(101) { before += whole.fold(replay.quotes(at: step)) }
    // Storage keeps the last state of each candle.
    var stored: [Candle] = []
    for candle in before.reversed()
    where !stored.contains(where: {
      $0.symbol == candle.symbol && $0.interval == candle.interval && $0.openTime == candle.openTime
    }) {
      stored.append(candle)
    }
    var resumed = CandleBook(resuming: stored)
    for step in Int64(101)..<300 {
      let ticks = replay.quotes(at: step)
      #expect(resumed.fold(ticks) == whole.fold(ticks))
    }
  }

  @Test("intervals are aligned to midnight UTC, also before 1970")
  func alignment() {
    let time = Instant(microseconds: -1)
    #expect(CandleInterval.oneMinute.start(containing: time).microseconds == -60_000_000)
    #expect(CandleInterval.oneDay.start(containing: time).microseconds == -86_400_000_000)
    let noon = Instant(microseconds: 43_200_000_000)
    #expect(CandleInterval.oneHour.start(containing: noon) == noon)
    #expect(CandleInterval.oneHour.start(containing: noon + .milliseconds(1)) == noon)
  }
}
