import Core
import Logging
import Synchronization
import TLS

/// What the log is told about credentials: changes, failures once each, and ends that are near.
final class CredentialReport: Sendable {
  private struct State {
    var failures: [TLSError] = []
    var lastReminder: Instant?
  }

  private let state = Mutex(State())
  private let logger: Logger

  init(_ logger: Logger) {
    self.logger = logger
  }

  /// Speaks of a refresh.
  ///
  /// - Parameter isAskedFor: whether a person waits for the result: failures are named again.
  func report(
    _ refresh: TLSCredentialSource.Refresh, _ credentials: TLSCredentials, isAskedFor: Bool,
    at now: Instant
  ) {
    let known = state.withLock { state in
      defer { state.failures = refresh.failures }
      return isAskedFor ? [] : state.failures
    }
    for failure in refresh.failures where !known.contains(failure) {
      logger.error(
        "new certificates cannot be used: the old ones stay", metadata: ["error": "\(failure)"])
    }
    if refresh.hasChanged {
      var fields: Logger.Metadata = [
        "authorities": "\(credentials.trustedAuthorities.count)",
        "denied": "\(credentials.denyList.count)",
      ]
      if let certificate = credentials.certificate {
        fields["serial"] = "\(certificate.serialNumber)"
        fields["valid_until"] = "\(certificate.validUntil)"
      }
      logger.notice("new certificates are in use", metadata: fields)
    }
    remind(of: credentials, at: now, isNew: refresh.hasChanged)
  }

  /// Warns of certificates whose end is near: at once, and then every hour.
  func remind(of credentials: TLSCredentials, at now: Instant, isNew: Bool = true) {
    let isDue = state.withLock { state in
      guard !isNew, let last = state.lastReminder else {
        state.lastReminder = now
        return true
      }
      guard now - last >= CredentialWatch.reminderInterval else { return false }
      state.lastReminder = now
      return true
    }
    guard isDue else { return }
    if let own = credentials.certificate { remind("our certificate", own, at: now) }
    // Of several authorities old ones may end: what counts is that one goes on.
    if let last = credentials.trustedAuthorities.max(by: { $0.validUntil < $1.validUntil }) {
      remind("the last trusted authority", last, at: now)
    }
  }

  private func remind(_ what: String, _ certificate: TLSCertificate, at now: Instant) {
    let fields: Logger.Metadata = [
      "certificate": "\(what)", "serial": "\(certificate.serialNumber)",
      "valid_until": "\(certificate.validUntil)",
    ]
    switch CertificateExpiry(of: certificate, at: now) {
    case .distant: break
    case .near: logger.warning("a certificate ends soon", metadata: fields)
    case .past: logger.error("a certificate has ended", metadata: fields)
    }
  }
}
