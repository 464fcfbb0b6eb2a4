public import Logging
public import MarketDataContract
public import RPC
import ServiceKit

/// Follows the market for a service: the instruments there are, and every quote of theirs, as market data tells them.
///
/// The service says how it reads both. While market data is away the instruments stay as they were, and their quotes count as
/// out of date.
public struct QuoteFeed<Instrument: Sendable, Quote: Sendable>: Sendable {
  /// What is told of the market.
  public enum News: Sendable {
    /// The instruments there are, in place of those before.
    case instruments([Instrument])
    /// A quote, the latest or one that was told before.
    case quote(Quote)
    /// Of these symbols no quotes come: those that have come may be out of date from now on.
    case closed([String])
  }

  private let client: MarketDataV1.MarketDataServiceClient
  private let logger: Logger
  private let instrument: @Sendable (MarketDataV1.Instrument) -> Instrument?
  private let quote: @Sendable (MarketDataV1.Quote) -> Quote?
  private let tell: @Sendable (News) -> Void

  /// A feed; ``run()`` starts it.
  ///
  /// - Parameters:
  ///   - channel: the way to market data.
  ///   - instrument: reads an instrument; nil when it is not valid: it is left out, and its quotes with it.
  ///   - quote: reads a quote; nil when it is not valid: it is left out.
  ///   - tell: told of all news of a symbol in their order.
  public init(
    _ channel: any RPCChannel, logger: Logger,
    instrument: @escaping @Sendable (MarketDataV1.Instrument) -> Instrument?,
    quote: @escaping @Sendable (MarketDataV1.Quote) -> Quote?,
    tell: @escaping @Sendable (News) -> Void
  ) {
    client = MarketDataV1.MarketDataServiceClient(channel)
    self.logger = logger
    self.instrument = instrument
    self.quote = quote
    self.tell = tell
  }

  /// Follows the market until the task is cancelled.
  public func run() async {
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        let listed = try await listInstruments()
        tell(.instruments(listed.map(\.instrument)))
        backoff = Backoff()
        try await follow(listed.map(\.symbol).sorted())
        logger.warning("the stream of quotes has ended")
      } catch {
        if Task.isCancelled { return }
        logger.warning("market data cannot be followed", metadata: ["error": "\(error)"])
      }
      await backoff.wait()
    }
  }

  private func listInstruments() async throws -> [(symbol: String, instrument: Instrument)] {
    var instruments: [(symbol: String, instrument: Instrument)] = []
    var request = MarketDataV1.ListInstrumentsRequest()
    request.pageSize = Limits.instrumentsPerPage
    repeat {
      let page = try await client.listInstruments(request, options: Limits.options)
      for message in page.instruments {
        guard let instrument = instrument(message) else {
          logger.error("instrument is not valid", metadata: ["symbol": "\(message.symbol)"])
          continue
        }
        instruments.append((message.symbol, instrument))
      }
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    return instruments
  }

  /// Reads quotes until one of the streams ends.
  private func follow(_ symbols: [String]) async throws {
    try await withThrowingTaskGroup { group in
      for start in stride(from: 0, to: symbols.count, by: Limits.symbolsPerStream) {
        let part = Array(symbols[start..<min(start + Limits.symbolsPerStream, symbols.count)])
        group.addTask { try await read(part) }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func read(_ symbols: [String]) async throws {
    defer { tell(.closed(symbols)) }
    var request = MarketDataV1.SubscribeQuotesRequest()
    request.symbols = symbols
    for try await update in try await client.subscribeQuotes(request, options: Limits.options) {
      switch update.change {
      case .snapshot(let snapshot): for quote in snapshot.quotes { take(quote) }
      case .quote(let quote): take(quote)
      case nil: break
      }
    }
  }

  private func take(_ message: MarketDataV1.Quote) {
    guard let quote = quote(message) else {
      logger.error(
        "quote is not valid",
        metadata: ["symbol": "\(message.symbol)", "sequence": "\(message.sequence)"])
      return
    }
    tell(.quote(quote))
  }
}

/// How much is asked for at once, and on whose authority.
private enum Limits {
  /// The most symbols that one stream may carry, by the contract.
  static let symbolsPerStream = 100
  /// How many instruments are asked for at once.
  static let instrumentsPerPage: Int32 = 1000
  /// A service follows the market for all its users, on its own authority.
  static let options = CallOptions(forwardsUser: false)
}
