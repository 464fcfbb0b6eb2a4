import Core
import Logging
import MarketDataContract
import RPC
import ServiceKit
import TradingDomain

/// Keeps ``Market`` up to date from the market data service, for as long as the service runs.
///
/// While that service is away the instruments stay known, and their quotes count as out of date.
struct MarketFeed: Sendable {
  let client: MarketDataV1.MarketDataServiceClient
  let market: Market
  let logger: Logger
  /// Told of each quote after the market has it.
  let onQuote: @Sendable (Quote) -> Void

  /// The most symbols that one stream may carry, by the contract.
  static let symbolsPerStream = 100
  /// How many instruments are asked for at once.
  static let instrumentsPerPage: Int32 = 1000

  /// Follows the market until the task is cancelled.
  func run() async {
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        let instruments = try await listInstruments()
        market.replace(instruments)
        backoff = Backoff()
        try await follow(instruments.map(\.symbol).sorted())
        logger.warning("the stream of quotes has ended")
      } catch {
        if Task.isCancelled { return }
        logger.warning("market data cannot be followed", metadata: ["error": "\(error)"])
      }
      await backoff.wait()
    }
  }

  private func listInstruments() async throws -> [Instrument] {
    var instruments: [Instrument] = []
    var request = MarketDataV1.ListInstrumentsRequest()
    request.pageSize = Self.instrumentsPerPage
    repeat {
      let page = try await client.listInstruments(request, options: Self.options)
      for message in page.instruments {
        guard let instrument = Instrument(message) else {
          logger.error("instrument is not valid", metadata: ["symbol": "\(message.symbol)"])
          continue
        }
        instruments.append(instrument)
      }
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    return instruments
  }

  /// Reads quotes until one of the streams ends.
  private func follow(_ symbols: [Symbol]) async throws {
    try await withThrowingTaskGroup { group in
      for start in stride(from: 0, to: symbols.count, by: Self.symbolsPerStream) {
        let part = Array(symbols[start..<min(start + Self.symbolsPerStream, symbols.count)])
        group.addTask { try await read(part) }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func read(_ symbols: [Symbol]) async throws {
    defer { market.close(symbols) }
    var request = MarketDataV1.SubscribeQuotesRequest()
    request.symbols = symbols.map(\.rawValue)
    for try await update in try await client.subscribeQuotes(request, options: Self.options) {
      switch update.change {
      case .snapshot(let snapshot): for quote in snapshot.quotes { take(quote) }
      case .quote(let quote): take(quote)
      case nil: break
      }
    }
  }

  private func take(_ message: MarketDataV1.Quote) {
    guard let quote = Quote(message) else {
      logger.error(
        "quote is not valid",
        metadata: ["symbol": "\(message.symbol)", "sequence": "\(message.sequence)"])
      return
    }
    market.take(quote)
    onQuote(quote)
  }

  /// The service follows the market for all its users, on its own authority.
  private static let options = CallOptions(forwardsUser: false)
}
