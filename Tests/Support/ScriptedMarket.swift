import Core
import MarketDataContract
import Mesh
import RPC
public import RPCInProcess
import Synchronization

/// A market data service whose quotes the test states, one by one; it has the RPCs that services call to follow the market.
public final class ScriptedMarket: Sendable {
  private struct State {
    var isAway = false
    var quotes: [String: MarketDataV1.Quote] = [:]
    var subscribers: [Int: AsyncStream<MarketDataV1.Quote>.Continuation] = [:]
    var subscriberCount = 0
  }

  private let symbols: [String]
  private let state = Mutex(State())

  /// A market of these symbols, not quoted yet.
  public init(symbols: [String] = ["AAPL", "MSFT"]) { self.symbols = symbols }

  /// The way to it for a service.
  public func channel(for service: String) -> InProcessChannel {
    var router = RPCRouter(services: [], accessController: AccessGuard(verifier: NoUsers()))
    router.unary(MarketDataV1.MarketDataServiceMethods.listInstruments, listInstruments)
    router.serverStreaming(MarketDataV1.MarketDataServiceMethods.subscribeQuotes, subscribeQuotes)
    return InProcessServer(router).channel(as: PeerIdentity(service: service))
  }

  /// How many streams are open.
  public var openStreams: Int { state.withLock { $0.subscribers.count } }

  /// Publishes a quote, of the first symbol unless told otherwise.
  public func quote(
    _ sequence: Int64, bid: String, _ bidSize: String, ask: String, _ askSize: String,
    symbol: String? = nil
  ) throws {
    let symbol = symbol ?? symbols[0]
    var quote = MarketDataV1.Quote()
    quote.symbol = symbol
    quote.sequence = sequence
    quote.bidPrice = try Decimal(bid)
    quote.bidSize = try Decimal(bidSize)
    quote.askPrice = try Decimal(ask)
    quote.askSize = try Decimal(askSize)
    state.withLock { state in
      state.quotes[symbol] = quote
      for subscriber in state.subscribers.values { subscriber.yield(quote) }
    }
  }

  /// Ends the open streams and refuses calls, or answers again.
  public func setAway(_ isAway: Bool) {
    state.withLock { state in
      state.isAway = isAway
      guard isAway else { return }
      for subscriber in state.subscribers.values { subscriber.finish() }
      state.subscribers = [:]
    }
  }

  // MARK: - RPCs

  private func listInstruments(
    _ request: MarketDataV1.ListInstrumentsRequest, context: ServerContext
  ) async throws -> MarketDataV1.ListInstrumentsResponse {
    try checkPresent()
    // Two pages: the second has the last symbol alone.
    var response = MarketDataV1.ListInstrumentsResponse()
    let isFirst = request.pageToken.isEmpty
    for symbol in isFirst ? symbols.dropLast() : symbols.suffix(1) {
      var instrument = MarketDataV1.Instrument()
      instrument.symbol = symbol
      instrument.priceIncrement = try Decimal("0.01")
      instrument.lotSize = try Decimal("1")
      instrument.quoteAsset = "USD"
      response.instruments.append(instrument)
    }
    response.nextPageToken = isFirst ? "second" : ""
    return response
  }

  private func subscribeQuotes(
    _ request: MarketDataV1.SubscribeQuotesRequest,
    responses: RPCWriter<MarketDataV1.QuoteUpdate>, context: ServerContext
  ) async throws {
    try checkPresent()
    let (quotes, continuation) = AsyncStream<MarketDataV1.Quote>.makeStream()
    let (id, current) = state.withLock { state in
      state.subscriberCount += 1
      state.subscribers[state.subscriberCount] = continuation
      return (state.subscriberCount, request.symbols.compactMap { state.quotes[$0] })
    }
    defer { state.withLock { $0.subscribers[id] = nil } }
    var update = MarketDataV1.QuoteUpdate()
    var snapshot = MarketDataV1.QuoteSnapshot()
    snapshot.quotes = current
    update.sequence = 1
    update.change = .snapshot(snapshot)
    try await responses.write(update)
    for await quote in quotes where request.symbols.contains(quote.symbol) {
      update.sequence += 1
      update.change = .quote(quote)
      try await responses.write(update)
    }
    throw RPCError(.unavailable, "market data goes away")
  }

  private func checkPresent() throws(RPCError) {
    if state.withLock(\.isAway) { throw RPCError(.unavailable, "market data is away") }
  }
}
