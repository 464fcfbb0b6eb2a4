import Core
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// How often what a subscriber sees is valued again: a change is told within a quarter of a second.
  static let valuationPace: Duration = .milliseconds(100)

  /// The caller's positions as trades and quotes change them.
  func watchPositions(
    _ request: TradingV1.WatchPositionsRequest, responses: RPCWriter<TradingV1.PositionUpdate>,
    context: ServerContext
  ) async throws {
    let account = try context.accountID
    let watch = PositionWatch(account, ledger: ledger, events: orderEvents)
    try await withThrowingTaskGroup { group in
      defer { group.cancelAll() }
      group.addTask { try await watch.follow() }
      group.addTask {
        var update = TradingV1.PositionUpdate()
        var told = try await self.valued(watch, account)
        update.sequence = 1
        var snapshot = TradingV1.PositionSnapshot()
        snapshot.positions = told.values.sorted { $0.symbol < $1.symbol }
        update.change = .snapshot(snapshot)
        try await responses.write(update)
        while true {
          try await Task.sleep(for: Self.valuationPace)
          let now = try await self.valued(watch, account)
          for (symbol, position) in now where told[symbol] != position {
            update.sequence += 1
            update.change = .position(position)
            try await responses.write(update)
          }
          told = now
        }
      }
      try await group.next()
    }
    try Task.checkCancellation()
    throw RPCError.streamStopping
  }

  /// An account's positions at the latest quotes.
  private func valued(
    _ watch: PositionWatch, _ account: AccountID
  ) async throws -> [Symbol: TradingV1.Position] {
    let positions = try await watch.positions()
    let quotes = market.latestQuotes(of: positions.keys)
    return Dictionary(
      uniqueKeysWithValues: positions.map { symbol, position in
        (
          symbol,
          TradingV1.Position(position, of: symbol, owner: account, quote: quotes[symbol])
        )
      })
  }
}
