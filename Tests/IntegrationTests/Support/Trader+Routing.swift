import Core
import MarketDataContract
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// The symbol whose orders are executed at the simulated exchange.
extension Trader {
  static let routedSymbol = "FB"

  /// A buyer's limit for the routed symbol that no quote of the replay reaches: it rests.
  func restingRoutedLimit() async throws -> Decimal {
    let quote = try await Self.patiently { try await client.quote(of: Self.routedSymbol) }
    let half = try #require(quote.bidPrice).multiplied(by: Decimal("0.5"), rounding: .towardZero)
    return try half.rounded(scale: 2, .towardZero)
  }
}
