public import Core

/// A deterministic market: the quotes that real daily bars could have come from.
///
/// The replay is an endless sequence of steps, counted from 0. In each step every symbol that has a
/// bar on that day ticks once; a session has `session.stepCount` steps, and after the last day the
/// replay begins its next cycle on the first one, shifted by whole weeks so that market time goes
/// on. `quotes(at:)` is a pure function of the bars, the seed and the step: a process that starts
/// again at step n, or a second one beside it, makes the same quotes with the same sequences.
///
/// Folding a session's quotes gives back its bar, price by price and to the last share of volume.
public struct Replay: Sendable {
  /// What is replayed.
  public let instruments: [Instrument]
  /// Chosen by the operator; stated beside every stored replay.
  public let seed: UInt64
  /// The hours and steps of a day.
  public let session: TradingSession
  /// The days of one cycle, in order.
  public let days: [TradingDay]

  private let series: [Series]
  /// Days from one cycle's start to the next one's.
  private let cycleDays: Int64
  private var cache: Cache?

  /// One symbol's bars within the replayed days.
  private struct Series {
    var instrument: Instrument
    var bars: [Bar]
    /// For each day of the cycle, which of `bars` is its own.
    var barIndexByDay: [Int?]
  }

  /// The session last asked for: a replay walks through it step by step.
  private struct Cache {
    var sessionNumber: Int64
    var ticks: [SessionTicks]
  }

  /// Plans the replay of the bars from `firstDay` on.
  ///
  /// Bars of symbols that are not among `instruments` are left out.
  public init(
    bars: [Bar], instruments: [Instrument], from firstDay: TradingDay, seed: UInt64,
    session: TradingSession = .standard
  ) throws(ReplayError) {
    let used = bars.filter { bar in
      bar.day >= firstDay && instruments.contains { $0.symbol == bar.symbol }
    }
    let days = Set(used.map(\.day)).sorted()
    guard let first = days.first, let last = days.last else { throw .noBars(firstDay) }
    var series: [Series] = []
    for instrument in instruments.sorted(by: { $0.symbol < $1.symbol }) {
      let bars = used.filter { $0.symbol == instrument.symbol }
      for bar in bars {
        for price in [bar.open, bar.high, bar.low, bar.close]
        where price.scale > instrument.printScale {
          throw .tooPrecise(instrument.symbol, bar.day, price)
        }
        guard bar.low >= instrument.priceIncrement else {
          throw .belowIncrement(instrument.symbol, bar.day, bar.low)
        }
      }
      let indexByDay = Dictionary(uniqueKeysWithValues: zip(bars.map(\.day), bars.indices))
      series.append(
        Series(instrument: instrument, bars: bars, barIndexByDay: days.map { indexByDay[$0] }))
    }
    self.instruments = series.map(\.instrument)
    self.seed = seed
    self.session = session
    self.days = days
    self.series = series
    let span = last.daysSinceEpoch - first.daysSinceEpoch + 1
    cycleDays = (span + 6) / 7 * 7
  }

  /// How many steps one cycle has.
  public var stepsPerCycle: Int64 { Int64(days.count) * Int64(session.stepCount) }

  /// The quotes of one step, in order of market time.
  ///
  /// The first call in a session makes the whole session's quotes; the next ones read them.
  ///
  /// - Precondition: `step` is not negative.
  public mutating func quotes(at step: Int64) -> [Quote] {
    precondition(step >= 0, "steps count from 0")
    let (sessionNumber, slot) = step.quotientAndRemainder(dividingBy: Int64(session.stepCount))
    return ticks(ofSession: sessionNumber)
      .map { $0.quotes[Int(slot)] }
      .sorted { ($0.marketTime, $0.symbol) < ($1.marketTime, $1.symbol) }
  }

  private mutating func ticks(ofSession number: Int64) -> [SessionTicks] {
    if let cache, cache.sessionNumber == number { return cache.ticks }
    let (cycle, dayIndex) = number.quotientAndRemainder(dividingBy: Int64(days.count))
    let ticks = series.compactMap { makeTicks($0, dayIndex: Int(dayIndex), cycle: cycle) }
    cache = Cache(sessionNumber: number, ticks: ticks)
    return ticks
  }

  private func makeTicks(_ series: Series, dayIndex: Int, cycle: Int64) -> SessionTicks? {
    guard let barIndex = series.barIndexByDay[dayIndex] else { return nil }
    let sessionsBefore = cycle * Int64(series.bars.count) + Int64(barIndex)
    var random = SplitMix64(
      seed: seed, series.instrument.symbol.fingerprint, UInt64(cycle), UInt64(dayIndex))
    let day = days[dayIndex].daysSinceEpoch + cycle * cycleDays
    return SessionTicks(
      bar: series.bars[barIndex],
      instrument: series.instrument,
      session: session,
      placement: .init(
        day: TradingDay(daysSinceEpoch: day),
        firstSequence: sessionsBefore * Int64(session.stepCount) + 1),
      random: &random)
  }
}

/// Why bars cannot be replayed.
public enum ReplayError: Error, Hashable, Sendable {
  /// No instrument has a bar on or after the first day.
  case noBars(TradingDay)
  /// A bar's price has more digits than the instrument's prints.
  case tooPrecise(Symbol, TradingDay, Decimal)
  /// A bar's low leaves no room for a bid.
  case belowIncrement(Symbol, TradingDay, Decimal)
}

extension ReplayError: CustomStringConvertible {
  /// The bar, the broken rule and the value that broke it.
  public var description: String {
    switch self {
    case .noBars(let day):
      "no instrument has a bar on or after \(day)"
    case .tooPrecise(let symbol, let day, let price):
      "\(symbol) \(day): \(price) has more digits than the instrument's print scale"
    case .belowIncrement(let symbol, let day, let price):
      "\(symbol) \(day): \(price) is below one price increment"
    }
  }
}
