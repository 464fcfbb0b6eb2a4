import Core

/// All quotes of one symbol in one session: a pure function of the bar, the instrument and a seed.
struct SessionTicks {
  let quotes: [Quote]

  /// Where the session stands in the replay.
  struct Placement {
    /// The day as replayed, which a later cycle shifts.
    var day: TradingDay
    /// The sequence of the session's first quote.
    var firstSequence: Int64
  }

  init(
    bar: Bar, instrument: Instrument, session: TradingSession, placement: Placement,
    random: inout SplitMix64
  ) {
    let grid = PriceGrid(instrument)
    let anchors = PricePath.Anchors(
      open: grid.steps(bar.open), high: grid.steps(bar.high), low: grid.steps(bar.low),
      close: grid.steps(bar.close))
    let path = PricePath(
      anchors, count: session.stepCount, grid: grid.stepsPerIncrement, random: &random)
    let volumes = VolumeProfile.split(bar.volume, count: session.stepCount)
    var quotes: [Quote] = []
    quotes.reserveCapacity(session.stepCount)
    let jitterLimit =
      session.stepLength.components.attoseconds / 1_000_000_000_000
      + session.stepLength.components.seconds * 1_000_000 - 1
    for (slot, (price, volume)) in zip(path.prices, volumes).enumerated() {
      let jitter = random.next(in: 0...jitterLimit)
      let book = grid.book(around: price, random: &random)
      quotes.append(
        Quote(
          symbol: instrument.symbol,
          sequence: placement.firstSequence + Int64(slot),
          bidPrice: book.bid,
          bidSize: Self.shownSize(of: volume, instrument, &random),
          askPrice: book.ask,
          askSize: Self.shownSize(of: volume, instrument, &random),
          lastPrice: grid.price(price),
          lastSize: Decimal(Int(volume)),
          marketTime: session.start(of: slot, on: placement.day) + .microseconds(jitter)))
    }
    self.quotes = quotes
  }

  /// What a side of the book shows: between 1 and 8 thousandths of the tick's volume, in whole lots,
  /// at least one.
  private static func shownSize(
    of volume: Int64, _ instrument: Instrument, _ random: inout SplitMix64
  ) -> Decimal {
    let share = Int128(volume) * Int128(random.next(in: 1...8)) / 1000
    let lotUnits = instrument.lotSize.units
    let lots = max(1, share * Decimal.one.units / lotUnits)
    // A volume and a share of it are far inside the range of a Decimal.
    return Decimal(units: lots * lotUnits) ?? instrument.lotSize
  }
}

/// Prices of one instrument as integers: steps of 10⁻ᵖʳⁱⁿᵗˢᶜᵃˡᵉ.
private struct PriceGrid {
  let unitsPerStep: Int128
  let stepsPerIncrement: Int64
  let increment: Decimal

  /// The widest spread drawn, in price increments.
  static let maxSpread: Int64 = 4

  init(_ instrument: Instrument) {
    unitsPerStep = Decimal(unscaled: 1, scale: instrument.printScale)?.units ?? 1
    stepsPerIncrement = Int64(instrument.priceIncrement.units / unitsPerStep)
    increment = instrument.priceIncrement
  }

  /// Digits below the print scale are dropped; the replay refuses bars that have any.
  func steps(_ price: Decimal) -> Int64 { Int64(price.units / unitsPerStep) }

  func price(_ steps: Int64) -> Decimal { Decimal(units: Int128(steps) * unitsPerStep) ?? .max }

  /// Bid and ask on the increments around `last`: 1 to 4 increments apart, bid <= last <= ask.
  func book(around last: Int64, random: inout SplitMix64) -> (bid: Decimal, ask: Decimal) {
    let (floor, remainder) = last.quotientAndRemainder(dividingBy: stepsPerIncrement)
    let spread = random.next(in: 1...Self.maxSpread)
    // A print between two increments needs an ask above the one below it.
    let depth = random.next(in: 0...(remainder == 0 ? spread : spread - 1))
    let bid = max(floor - depth, 1)
    return (price(bid * stepsPerIncrement), price((bid + spread) * stepsPerIncrement))
  }
}
