import Logging
import Observability
import RPC
import RPCTransport
import Synchronization

/// Writes a line of the log for each call of a method that the contract says is audited, and for whoever is
/// refused.
///
/// The lines are named `audit` and are written whatever the log's level is. What is refused to those who may
/// not call costs them nothing, so its lines are limited for each caller: what was left out is counted in the
/// next line, or in one of its own.
final class AuditLog: Sendable {
  /// How many refusals of one caller are written at once.
  static let burst = 20
  /// After what time there is room for another one.
  static let interval: Duration = .seconds(1)
  /// How long it takes at most until it is said how many were left out.
  static let summaryDelay: Duration = .seconds(30)

  private let logger: Logger
  private let summaryDelay: Duration
  /// By the caller's service; strangers share one.
  private let refusals = SeriesTable<String, Refusals> { _ in Refusals() }

  /// The refusals of one caller.
  private final class Refusals: Sendable {
    private struct State {
      var room = Double(AuditLog.burst)
      var lastChange = ContinuousClock.now
      var suppressed = 0
      /// Whether somebody will say how many were left out.
      var isSummaryComing = false
    }

    enum Decision {
      /// Write it, and say that so many were left out before.
      case write(suppressed: Int)
      case suppress(startsSummary: Bool)
    }

    private let state = Mutex(State())

    func decide(at now: ContinuousClock.Instant) -> Decision {
      state.withLock { state in
        let gained = state.lastChange.duration(to: now) / AuditLog.interval
        state.room = min(Double(AuditLog.burst), state.room + max(0, gained))
        state.lastChange = now
        guard state.room >= 1 else {
          state.suppressed += 1
          defer { state.isSummaryComing = true }
          return .suppress(startsSummary: !state.isSummaryComing)
        }
        state.room -= 1
        defer { state.suppressed = 0 }
        return .write(suppressed: state.suppressed)
      }
    }

    /// How many were left out and have yet to be told.
    func takeSuppressed() -> Int {
      state.withLock { state in
        state.isSummaryComing = false
        defer { state.suppressed = 0 }
        return state.suppressed
      }
    }
  }

  init(_ logger: Logger, summaryDelay: Duration = AuditLog.summaryDelay) {
    var logger = logger
    logger.logLevel = .notice
    self.logger = logger
    self.summaryDelay = summaryDelay
  }

  /// Writes what became of a call.
  func write(_ record: AuditRecord) {
    var fields: Logger.Metadata = [
      "rpc": "\(record.method)", "outcome": "\(record.outcome)",
      "caller": "\(record.caller ?? Self.nobody)",
    ]
    if let userID = record.userID { fields["user_id"] = "\(userID)" }
    if let reason = record.reason { fields["reason"] = "\(reason)" }
    if let correlationID = record.correlationID {
      fields[LogContext.correlationIDField] = "\(correlationID)"
    }
    // Of an audited method every line is promised.
    guard record.isRefusal, !record.isAudited else {
      return logger.notice("audit", metadata: fields)
    }
    writeRefusal(of: record.caller, fields)
  }

  /// Writes that a client was refused a connection, or lost the one that it had.
  func write(_ refusal: RefusedPeer) {
    writeRefusal(
      of: refusal.caller,
      [
        "outcome": "refused", "caller": "\(refusal.caller ?? Self.nobody)",
        "reason": "PEER_DENIED", "error": "\(refusal.reason)",
      ])
  }

  private func writeRefusal(of caller: String?, _ fields: Logger.Metadata) {
    // Only what a certificate of ours names is told apart: names that others choose would be without end.
    let key = caller.map(PeerIdentity.init(spiffeID:))?.service ?? ""
    let refusals = refusals[key]
    switch refusals.decide(at: .now) {
    case .write(let suppressed):
      var fields = fields
      if suppressed > 0 { fields["suppressed"] = "\(suppressed)" }
      logger.notice("audit", metadata: fields)
    case .suppress(let startsSummary):
      guard startsSummary else { return }
      Task {
        try? await Task.sleep(for: summaryDelay)
        let suppressed = refusals.takeSuppressed()
        guard suppressed > 0 else { return }
        // It is about many calls, and part of no one's trace.
        ActiveSpan.$current.withValue(nil) {
          logger.notice(
            "audit",
            metadata: [
              "outcome": "refused", "caller": "\(caller ?? Self.nobody)",
              "suppressed": "\(suppressed)",
            ])
        }
      }
    }
  }

  /// Who calls without a certificate.
  private static let nobody = "none"
}
