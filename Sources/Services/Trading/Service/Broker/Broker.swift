import BrokerContract
import Core
import Logging
import Protobuf
import RPC
import TradingDomain

/// The service that has orders executed elsewhere, as this one sees it.
///
/// The service acts on its own authority, as with the funds. An order is named by its id there and at every exchange, so each
/// call may be repeated: what is sent to an exchange, and how often, is the broker's business.
struct Broker: Sendable {
  let client: BrokerV1.BrokerServiceClient
  let logger: Logger

  /// How long a call may take whose answer is told by an event as well.
  static let courtesyTimeout: Duration = .seconds(1)

  /// What the broker says of an order.
  enum Answer: Equatable {
    /// The exchange has it, or had it.
    case accepted
    /// The exchange did not take it, for the reason that it states.
    case rejected(String)
    /// It is not known yet whether the exchange has it, or it has ended before that was known: an event will tell.
    case undecided
  }

  /// Has an order executed.
  ///
  /// - Throws: When it is not known whether the broker has it; ``find(_:)`` tells.
  func route(_ order: Order) async throws -> Answer {
    try Answer(await client.routeOrder(Self.request(order), options: Self.options))
  }

  /// What the broker knows of an order; nil when it has not arrived.
  func find(_ order: Order) async throws -> Answer? {
    var request = BrokerV1.GetRoutedOrderRequest()
    request.clientOrderID = order.id.rawValue
    do throws(RPCError) {
      return try Answer(await client.getRoutedOrder(request, options: Self.options))
    } catch {
      guard error.code == .notFound, let info = error.errorInfo, info.domain == Reasons.domain,
        info.reason == Reasons.orderNotRouted
      else { throw error }
      return nil
    }
  }

  /// Asks for an order's end, which an event tells.
  ///
  /// What asks again is the resumer, so nothing is lost when this is not heard.
  func cancel(_ order: Order) async {
    var request = BrokerV1.CancelRoutedOrderRequest()
    request.order = Self.request(order)
    do {
      _ = try await client.cancelRoutedOrder(request, options: Self.courtesy)
    } catch {
      logger.debug(
        "the broker is asked again to cancel",
        metadata: ["order": "\(order.id)", "error": "\(error)"])
    }
  }

  /// The same at every call: an order that is executed elsewhere stays on the terms that it was placed on.
  private static func request(_ order: Order) -> BrokerV1.RouteOrderRequest {
    var request = BrokerV1.RouteOrderRequest()
    request.connectionID = order.connectionID?.rawValue ?? ""
    request.clientOrderID = order.id.rawValue
    request.accountID = order.accountID.rawValue
    request.symbol = order.symbol.rawValue
    request.side =
      switch order.side {
      case .buy: .buy
      case .sell: .sell
      }
    request.quantity = order.quantity.value
    request.worstPrice = order.worstPrice?.value
    request.expiresAt = order.expiresAt.map { Google.Timestamp($0) }
    return request
  }

  /// The reason of the broker that is an answer, as its README lists it.
  private enum Reasons {
    static let domain = "broker.alphintra.com"
    static let orderNotRouted = "ORDER_NOT_ROUTED"
  }

  private static let options = CallOptions(forwardsUser: false)
  private static let courtesy = CallOptions(timeout: courtesyTimeout, forwardsUser: false)
}

extension Broker.Answer {
  /// What an order that stands so says of its way to the exchange.
  init(_ order: BrokerV1.RoutedOrder) {
    switch order.status {
    case .open, .partiallyFilled, .filled: self = .accepted
    case .rejected: self = .rejected(order.rejectReason)
    case .unspecified, .pendingNew, .canceled, .expired, .unrecognized: self = .undecided
    }
  }
}
