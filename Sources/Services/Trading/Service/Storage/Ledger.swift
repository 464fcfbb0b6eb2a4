import Core
import Postgres
import TradingDomain

/// Accounts, orders, trades and positions as they are stored.
struct Ledger: Sendable {
  let database: PostgresPool
  /// The limits of an account that has none of its own.
  let defaultLimits: RiskLimits
}
