import Core
import ExchangeContract
import Logging
import ProcessKit
import RPC

/// The service's RPCs; each has a file of its own.
struct ExchangeHandlers: ExchangeV1.ExchangeService {
  let store: ExchangeStore
  let market: Market
  let matching: Matching
  let reports: ReportBell
  /// How often a stream looks for reports that another replica wrote.
  let reportPoll: Duration
  let clock: any Core.Clock
  let crashPoints: CrashPoints
  let logger: Logger
}
