import BrokerDomain
import Core
import ExchangeContract
import Protobuf
import RPC

/// The exchange, as far as the broker asks and tells it.
///
/// Nobody's token goes along: the broker acts on its own authority, for the connection's account.
struct Exchange: Sendable {
  let client: ExchangeV1.ExchangeServiceClient

  /// What came of sending an order.
  enum Submission: Sendable {
    /// The exchange has answered.
    case answered(ExchangeV1.ExchangeOrder)
    /// The request breaks a rule of the exchange's contract: it was not taken, and the same never would be.
    case refused(reason: String)
    /// It is not known: the order may be there, or come to be there.
    case unknown(RPCError)
  }

  /// Sends the latest submission of an order, once.
  func submit(_ order: RoutedOrder) async -> Submission {
    do throws(RPCError) {
      let request = ExchangeV1.SubmitExchangeOrderRequest(order)
      return .answered(try await client.submitExchangeOrder(request, options: Self.options))
    } catch {
      // That it came too late is an answer too, but a single way to find out is enough: by asking.
      guard error.code == .invalidArgument, !error.isTooLate else { return .unknown(error) }
      return .refused(reason: error.errorInfo?.reason ?? error.code.name)
    }
  }

  /// What the exchange says of an order, and the order as it has it.
  ///
  /// - Throws: When it does not say, or not as of when.
  func find(
    _ order: RoutedOrder
  ) async throws(RPCError) -> (ExchangeAnswer, ExchangeV1.ExchangeOrder?) {
    var request = ExchangeV1.FindExchangeOrderRequest()
    request.account = order.terms.connectionID.rawValue
    request.clientOrderID = order.id.rawValue
    let response = try await client.findExchangeOrder(request, options: Self.options)
    if let found = response.order { return (.found, found) }
    guard let asOf = response.asOf?.instant else {
      throw RPCError(.internal, "the exchange did not say as of when it had no such order")
    }
    return (.absent(asOf: asOf), nil)
  }

  /// Withdraws an order; may be repeated.
  func cancel(
    _ id: ExchangeOrderID, of connection: ConnectionID
  ) async throws(RPCError) -> ExchangeV1.ExchangeOrder {
    var request = ExchangeV1.CancelExchangeOrderRequest()
    request.account = connection.rawValue
    request.exchangeOrderID = id.rawValue
    return try await client.cancelExchangeOrder(request, options: Self.options)
  }

  /// The reports of a connection after one.
  func reports(
    of connection: ConnectionID, after sequence: Int64
  ) async throws(RPCError) -> RPCStream<ExchangeV1.ExecutionReport> {
    var request = ExchangeV1.WatchExecutionReportsRequest()
    request.account = connection.rawValue
    request.afterSequence = sequence
    return try await client.watchExecutionReports(request, options: Self.options)
  }

  private static let options = CallOptions(forwardsUser: false)
}

extension RPCError {
  /// Whether the exchange says that a submission came after its limit.
  fileprivate var isTooLate: Bool {
    guard let info = errorInfo else { return false }
    return info.domain == "exchange.alphintra.com" && info.reason == "REQUEST_TOO_LATE"
  }
}
