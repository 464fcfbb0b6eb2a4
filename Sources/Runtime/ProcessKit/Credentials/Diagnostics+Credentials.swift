import Core
public import Observability
public import TLS

extension Diagnostics {
  /// Shows when a certificate ends, so that somebody is woken before its peers refuse it.
  ///
  /// - Parameter name: Which of the process: its service, or `edge` and `mesh`.
  public func addCredentials(_ source: TLSCredentialSource, named name: String) {
    metrics.gauge(
      "tls_certificate_not_after_timestamp_seconds",
      "When the certificate in use ends, in seconds since 1970.", ["credentials": name]
    ) { [weak source] in
      source?.current.certificate.map { Double($0.validUntil.microseconds) / 1_000_000 }
    }
  }
}
