import BrokerDomain
import Core
import ExchangeContract
import Logging
import ProcessKit
import RPC
import ServiceKit

/// Takes what a connection's exchange reports, one after the other, for as long as the service runs.
///
/// Every replica reads: each report is taken by the one that comes first, and the stored cursor keeps the others from
/// taking it again.
struct ReportFeed: Sendable {
  let connection: ConnectionID
  let exchange: Exchange
  let store: OrderStore
  let logger: Logger
  let crashPoints: CrashPoints

  /// Reads until the task is cancelled.
  func run() async {
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        let cursor = try await store.reportSequence(of: connection)
        for try await report in try await exchange.reports(of: connection, after: cursor) {
          try await take(report)
          backoff = Backoff()
        }
        note("the stream of execution reports has ended", nil)
      } catch {
        if Task.isCancelled { return }
        note("execution reports cannot be read", error)
      }
      await backoff.wait()
    }
  }

  private func take(_ report: ExchangeV1.ExecutionReport) async throws {
    switch try await store.take(report, of: connection) {
    case .repeated: return
    case .applied: crashPoints.reach(.reportCommitted)
    case .external:
      logger.info("a report of an order that was not routed here", metadata: metadata(report))
    case .refused(let reason, let isStray):
      var metadata = metadata(report)
      metadata["reason"] = "\(reason)"
      logger.error(
        isStray
          ? "an order is at the exchange that must not be there"
          : "a report contradicts what is stored",
        metadata: metadata)
    }
  }

  private func note(_ message: Logger.Message, _ error: (any Error)?) {
    var metadata: Logger.Metadata = ["connection": "\(connection)"]
    if let error { metadata["error"] = "\(error)" }
    logger.warning(message, metadata: metadata)
  }

  private func metadata(_ report: ExchangeV1.ExecutionReport) -> Logger.Metadata {
    [
      "connection": "\(connection)", "sequence": "\(report.sequence)",
      "order": "\(report.order?.clientOrderID ?? "")",
      "exchange_order": "\(report.order?.exchangeOrderID ?? "")",
    ]
  }
}
