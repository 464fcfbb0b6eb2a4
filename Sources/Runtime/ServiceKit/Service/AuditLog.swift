import Logging
import Observability
import RPC

/// Writes a line of the log for each call of a method that the contract says is audited.
///
/// The line is named `audit` and is written whatever the log's level is.
struct AuditLog: Sendable {
  private let logger: Logger

  init(_ logger: Logger) {
    var logger = logger
    logger.logLevel = .notice
    self.logger = logger
  }

  func write(_ record: AuditRecord) {
    var fields: Logger.Metadata = [
      "rpc": "\(record.method)", "outcome": "\(record.outcome)",
      "caller": "\(record.caller ?? "none")",
    ]
    if let userID = record.userID { fields["user_id"] = "\(userID)" }
    if let reason = record.reason { fields["reason"] = "\(reason)" }
    if let correlationID = record.correlationID {
      fields[LogContext.correlationIDField] = "\(correlationID)"
    }
    logger.notice("audit", metadata: fields)
  }
}
