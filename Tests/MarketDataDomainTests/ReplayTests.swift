import Core
import MarketDataDomain
import Testing

@Suite("Replay")
struct ReplayTests {
  static func replay(
    from day: String = "2012-05-18", seed: UInt64 = 1, stepCount: Int = 60
  ) throws -> Replay {
    try Replay(
      bars: try Samples.realBars(), instruments: try Samples.instruments(),
      from: try Samples.day(day), seed: seed, session: TradingSession(stepCount: stepCount))
  }

  @Test("folding a cycle's quotes gives back every bar")
  func foldsToBars() throws {
    var replay = try Self.replay()
    var book = CandleBook()
    var closed: [Candle] = []
    for step in 0...replay.stepsPerCycle {
      closed += book.fold(replay.quotes(at: step)).filter { $0.isClosed && $0.interval == .oneDay }
    }
    let start = try Samples.day("2012-05-18")
    let bars = try Samples.realBars().filter { $0.day >= start }
    #expect(closed.count == bars.count)
    let candles = Dictionary(
      uniqueKeysWithValues: closed.map { (Key(symbol: $0.symbol, openTime: $0.openTime), $0) })
    for bar in bars {
      let candle = try #require(candles[Key(symbol: bar.symbol, openTime: bar.day.start)])
      let expected = Candle(bar)
      #expect(candle.open == expected.open, "\(bar)")
      #expect(candle.high == expected.high, "\(bar)")
      #expect(candle.low == expected.low, "\(bar)")
      #expect(candle.close == expected.close, "\(bar)")
      #expect(candle.volume == expected.volume, "\(bar)")
      #expect(candle.tickCount == 60)
    }
  }

  private struct Key: Hashable {
    var symbol: Symbol
    var openTime: Instant
  }

  @Test("every quote is a book: on the grid, uncrossed, with something to trade")
  func books() throws {
    var replay = try Self.replay(stepCount: 1560)
    let instrument = try Samples.instrument()
    for step in 0..<Int64(2 * 1560) {
      for quote in replay.quotes(at: step) {
        #expect(quote.bidPrice.isMultiple(of: instrument.priceIncrement))
        #expect(quote.askPrice.isMultiple(of: instrument.priceIncrement))
        #expect(quote.askPrice - quote.bidPrice >= instrument.priceIncrement)
        #expect(quote.bidPrice <= quote.lastPrice && quote.lastPrice <= quote.askPrice)
        #expect(quote.bidSize >= instrument.lotSize && quote.askSize >= instrument.lotSize)
        #expect(quote.bidSize.isMultiple(of: instrument.lotSize))
        #expect(quote.askSize.isMultiple(of: instrument.lotSize))
      }
    }
  }

  @Test("sequences count without a gap and market time only rises, over days and cycles")
  func sequences() throws {
    // From 2012-05-10 on, FB misses the first days: its sequence starts later and still has no gap.
    var replay = try Self.replay(from: "2012-05-10", stepCount: 4)
    var next: [Symbol: Int64] = [:]
    var lastTime = Instant(microseconds: .min)
    for step in 0..<(replay.stepsPerCycle * 3) {
      for quote in replay.quotes(at: step) {
        #expect(quote.sequence == next[quote.symbol, default: 1], "\(quote)")
        next[quote.symbol] = quote.sequence + 1
        #expect(quote.marketTime > lastTime || quote.marketTime == lastTime)
        lastTime = quote.marketTime
      }
    }
    let fbQuotes: Int64 = 3 * 196 * 4
    let ibmQuotes: Int64 = 3 * replay.stepsPerCycle
    #expect(fbQuotes < ibmQuotes)
    #expect(next[Symbol(rawValue: "FB")] == fbQuotes + 1)
    #expect(next[Symbol(rawValue: "IBM")] == ibmQuotes + 1)
  }

  @Test("a step is the same however one gets there")
  func randomAccess() throws {
    var walked = try Self.replay()
    let sequential = (0..<600).map { walked.quotes(at: $0) }
    var random = SplitMix64(seed: 4)
    var jumping = try Self.replay()
    for _ in 0..<200 {
      let step = Int(random.next(in: 0...599))
      #expect(jumping.quotes(at: Int64(step)) == sequential[step])
    }
  }

  @Test("another seed is another market, another cycle another day between the same bars")
  func seeds() throws {
    var (one, two) = (try Self.replay(seed: 1), try Self.replay(seed: 2))
    #expect(one.quotes(at: 7).map(\.lastPrice) != two.quotes(at: 7).map(\.lastPrice))
    let later = one.quotes(at: one.stepsPerCycle + 7)
    #expect(later.map(\.lastPrice) != one.quotes(at: 7).map(\.lastPrice))
    let (first, again) = (one.quotes(at: 0), one.quotes(at: one.stepsPerCycle))
    #expect(first.map(\.symbol).sorted() == again.map(\.symbol).sorted())
    for (before, after) in zip(
      first.sorted(by: { $0.symbol < $1.symbol }), again.sorted(by: { $0.symbol < $1.symbol }))
    {
      #expect(before.lastPrice == after.lastPrice)
    }
  }

  @Test("the numbers of a stated seed never change: stored replays depend on them")
  func golden() throws {
    var replay = try Self.replay(seed: 1, stepCount: 1560)
    let lines = (0..<2).flatMap { replay.quotes(at: $0) }.map { quote in
      "\(quote.symbol) \(quote.sequence) \(quote.bidPrice)x\(quote.bidSize) "
        + "\(quote.askPrice)x\(quote.askSize) \(quote.lastPrice)x\(quote.lastSize) \(quote.marketTime)"
    }
    #expect(
      lines == [
        "AAPL 1 533.93x201 533.97x234 533.96x33508 2012-05-18T14:30:01.164394Z",
        "IBM 1 198.78x51 198.82x44 198.78x7350 2012-05-18T14:30:01.167853Z",
        "GOOG 1 625.1x107 625.11x122 625.1x15291 2012-05-18T14:30:03.782735Z",
        "FB 1 42.02x2204 42.05x5144 42.05x734882 2012-05-18T14:30:11.189460Z",
        "MSFT 1 29.78x576 29.82x504 29.79x72011 2012-05-18T14:30:14.465862Z",
        "MSFT 2 29.79x503 29.81x503 29.79x71874 2012-05-18T14:30:18.580701Z",
        "FB 2 42.36x2200 42.4x2933 42.37x733470 2012-05-18T14:30:19.014480Z",
        "GOOG 2 625x91 625.01x76 625.01x15262 2012-05-18T14:30:21.632651Z",
        "AAPL 2 533.91x267 533.94x66 533.91x33444 2012-05-18T14:30:26.954499Z",
        "IBM 2 198.73x58 198.76x7 198.73x7336 2012-05-18T14:30:28.237552Z",
      ])
  }

  @Test("bars that cannot be replayed are named")
  func refusals() throws {
    let instruments = [try Samples.instrument()]
    let day = try Samples.day("2012-05-18")
    let fine = try Samples.bar("AAPL", "2012-05-18", "1.00001 2 1 2")
    #expect(throws: ReplayError.noBars(day)) {
      try Replay(bars: [], instruments: instruments, from: day, seed: 0)
    }
    #expect(
      throws: ReplayError.tooPrecise(Symbol(rawValue: "AAPL"), day, try Decimal("1.00001"))
    ) {
      try Replay(bars: [fine], instruments: instruments, from: day, seed: 0)
    }
    let cheap = try Samples.bar("AAPL", "2012-05-18", "1 2 0.009 2")
    #expect(
      throws: ReplayError.belowIncrement(Symbol(rawValue: "AAPL"), day, try Decimal("0.009"))
    ) {
      try Replay(bars: [cheap], instruments: instruments, from: day, seed: 0)
    }
  }

  @Test("an instrument's grid keeps notionals exact")
  func instruments() throws {
    #expect(throws: InstrumentError.notionalInexact(printScale: 4, lotScale: 15)) {
      try Samples.instrument(lot: "0.000000000000001")
    }
    #expect(throws: InstrumentError.notPositive(field: "lotSize")) {
      try Samples.instrument(lot: "0")
    }
    #expect(throws: Never.self) { try Samples.instrument(lot: "0.00000000000001") }
  }
}
