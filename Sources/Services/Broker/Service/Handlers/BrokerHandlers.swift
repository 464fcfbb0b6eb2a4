import BrokerContract
import BrokerDomain
import Core
import Logging
import ProcessKit
import RPC
import ServiceKit

/// The service's RPCs; each has a file of its own.
struct BrokerHandlers: BrokerV1.BrokerService {
  let store: OrderStore
  let exchange: Exchange
  let submitting: Submitting
  /// The connections that orders may be routed to.
  let connections: Set<ConnectionID>
  let logger: Logger
  let crashPoints: CrashPoints
}

extension BrokerHandlers {
  /// Refuses terms of a connection that there is not.
  ///
  /// - Parameter field: The field that names it.
  func checkConnection(_ terms: RoutedOrderTerms, _ field: String) throws(RPCError) {
    guard !connections.contains(terms.connectionID) else { return }
    let known = connections.sorted().map(\.rawValue).joined(separator: ", ")
    throw RPCError(
      violations: [
        FieldViolation(
          field: field, description: "\(terms.connectionID) is not a connection: \(known) are",
          reason: "UNKNOWN")
      ])
  }
}
