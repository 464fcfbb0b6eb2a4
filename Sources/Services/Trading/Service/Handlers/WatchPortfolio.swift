import Core
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// The caller's portfolio as trades, deposits and quotes change it.
  func watchPortfolio(
    _ request: TradingV1.WatchPortfolioRequest, responses: RPCWriter<TradingV1.PortfolioUpdate>,
    context: ServerContext
  ) async throws {
    let account = try context.accountID
    let positions = PositionWatch(account, ledger: ledger, events: orderEvents)
    let wallets = WalletWatch(funds)
    try await withThrowingTaskGroup { group in
      defer { group.cancelAll() }
      group.addTask { try await positions.follow() }
      group.addTask { try await wallets.follow() }
      group.addTask {
        var update = TradingV1.PortfolioUpdate()
        var told: TradingV1.Portfolio?
        while true {
          if let totals = wallets.totals {
            let now = try self.portfolio(of: account, totals, try await positions.positions())
            if now != told {
              update.sequence += 1
              update.change = told == nil ? .snapshot(now) : .portfolio(now)
              try await responses.write(update)
              told = now
            }
          }
          try await Task.sleep(for: Self.valuationPace)
        }
      }
      try await group.next()
    }
    try Task.checkCancellation()
    throw RPCError.streamStopping
  }
}
