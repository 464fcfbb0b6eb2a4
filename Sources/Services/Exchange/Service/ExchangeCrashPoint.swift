import ProcessKit

/// The points at which tests end the process (`crash.at`), to show what survives.
public enum ExchangeCrashPoint: String, CaseIterable, Sendable {
  /// An order is about to be taken; nothing of it is stored.
  case submitOrderBeforeCommit = "submit_order.before_commit"
  /// An order is taken, and its sender does not know.
  case submitOrderCommitted = "submit_order.committed"
  /// Executions are decided, and nothing of them is stored.
  case matchBeforeCommit = "match.before_commit"
  /// Executions are stored, and nobody has been told.
  case matchCommitted = "match.committed"
  /// A cancellation is stored, and its sender does not know.
  case cancelOrderCommitted = "cancel_order.committed"
}

extension CrashPoints {
  /// Ends the process here, if the setting names this point.
  func reach(_ point: ExchangeCrashPoint) { reach(point.rawValue) }
}
