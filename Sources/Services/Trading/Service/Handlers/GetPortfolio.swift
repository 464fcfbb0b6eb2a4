import Core
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// What a portfolio is stated in: the asset that all instruments are quoted in.
  static let portfolioCurrency = Asset(rawValue: "USD")

  /// What the caller has, at the latest quotes.
  func getPortfolio(
    _ request: TradingV1.GetPortfolioRequest, context: ServerContext
  ) async throws -> TradingV1.Portfolio {
    let account = try context.accountID
    let wallets = Funds.totals(of: try await funds.wallets())
    let (positions, _) = try await ledger.allPositions(of: account)
    return try portfolio(of: account, wallets, positions)
  }

  /// Values what an account has at the latest quotes.
  func portfolio(
    of account: AccountID, _ wallets: [Asset: Decimal], _ positions: [Symbol: Position]
  ) throws -> TradingV1.Portfolio {
    let symbols = Set(positions.keys).union(wallets.keys.map { Symbol(rawValue: $0.rawValue) })
    do throws(DecimalError) {
      return TradingV1.Portfolio(
        try Portfolio(
          in: Self.portfolioCurrency, wallets: wallets, positions: positions,
          quotes: market.latestQuotes(of: symbols)), owner: account)
    } catch {
      throw RPCError(
        .outOfRange, .valueOutOfRange, "the portfolio's value is out of range: \(error)")
    }
  }
}
