import Core
import Logging
import MarketDataDomain
import Postgres

/// Removes ticks and candles that are older than the settings keep, a few at a time.
struct Retention: Sendable {
  let settings: MarketDataSettings
  let ticks: TickStore
  let candles: CandleStore
  let hub: QuoteHub
  let logger: Logger

  /// How often it looks.
  static let interval: Duration = .seconds(10)

  /// Removes until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do {
        try await removeOld()
      } catch {
        logger.warning("old ticks are not removed", metadata: ["reason": "\(error)"])
      }
      try? await Task.sleep(for: Self.interval)
    }
  }

  /// Removes what is too old now.
  func removeOld() async throws(PostgresError) {
    while !Task.isCancelled, try await ticks.removeOldest(leaving: settings.keptSteps) > 0 {}
    let span = Duration.seconds(86_400) * settings.keptMinuteDays
    for symbol in hub.symbols {
      guard let latest = hub.latest(of: symbol) else { continue }
      let oldest = latest.quote.marketTime - span
      while !Task.isCancelled,
        try await candles.removeMinutes(of: symbol, before: oldest) == CandleStore.removalLimit
      {}
    }
  }
}
