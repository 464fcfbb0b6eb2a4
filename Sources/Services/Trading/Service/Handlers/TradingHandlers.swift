import Core
import Events
import ProcessKit
import RPC
import ServiceKit
import TradingContract
import TradingDomain

/// The service's RPCs; each has a file of its own.
struct TradingHandlers: TradingV1.TradingService {
  let ledger: Ledger
  let outbox: Outbox
  let market: Market
  let venue: PaperVenue
  let venueTerms: VenueTerms
  let routing: Routing?
  let broker: Broker
  let funds: Funds
  let opening: OrderOpening
  let amending: OrderAmending
  let orderEvents: EventBroadcast<TradingV1.OrderEvent>
  let clock: any Core.Clock
  let crashPoints: CrashPoints
}
