import AssetDomain
import ProcessKit
import ServiceKit

/// The points at which tests end the process (`crash.at`), to show what survives.
public enum AssetCrashPoint: String, CaseIterable, Sendable {
  /// Funds are about to be held; nothing of it is stored.
  case reserveBeforeCommit = "reserve.before_commit"
  /// Funds are held, and the caller does not know.
  case reserveCommitted = "reserve.committed"
  /// What an order may cost is about to change; nothing of it is stored.
  case adjustBeforeCommit = "adjust.before_commit"
  /// What an order may cost has changed, and the caller does not know.
  case adjustCommitted = "adjust.committed"
  /// An order's hold is about to end; nothing of it is stored.
  case releaseBeforeCommit = "release.before_commit"
  /// An order's hold has ended, and the caller does not know.
  case releaseCommitted = "release.committed"
  /// A trade is about to be settled; nothing of it is stored.
  case captureBeforeCommit = "capture.before_commit"
  /// A trade is settled, and the caller does not know.
  case captureCommitted = "capture.committed"
  /// An account is about to be credited; nothing of it is stored.
  case depositBeforeCommit = "deposit.before_commit"
  /// An account is credited, and the caller does not know.
  case depositCommitted = "deposit.committed"

  /// The points before and after the commit of an operation.
  static func around(
    _ operation: FundsOperation
  ) -> (before: AssetCrashPoint, after: AssetCrashPoint) {
    switch operation {
    case .reserve: (.reserveBeforeCommit, .reserveCommitted)
    case .adjust(let adjust) where adjust.isFinal: (.releaseBeforeCommit, .releaseCommitted)
    case .adjust: (.adjustBeforeCommit, .adjustCommitted)
    case .capture: (.captureBeforeCommit, .captureCommitted)
    case .deposit: (.depositBeforeCommit, .depositCommitted)
    }
  }
}

extension CrashPoints {
  /// Ends the process here, if the setting names this point.
  func reach(_ point: AssetCrashPoint) { reach(point.rawValue) }
}
