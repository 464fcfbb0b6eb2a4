public import Core
public import TLS

/// How near a certificate is to its end.
public enum CertificateExpiry: Sendable, Hashable {
  /// There is time.
  case distant
  /// Whoever issues certificates should have replaced it.
  case near(remaining: Duration)
  /// Peers refuse it.
  case past

  /// The end is near when less than this is left, or less than a third of the whole lifetime.
  ///
  /// The lesser counts: certificates that live for a day are replaced every day.
  public static let warningTime: Duration = .seconds(14 * 24 * 3600)

  /// Judges a certificate at a time.
  public init(of certificate: TLSCertificate, at now: Instant) {
    self.init(from: certificate.validFrom, until: certificate.validUntil, at: now)
  }

  init(from start: Instant, until end: Instant, at now: Instant) {
    let remaining = end - now
    if remaining < .zero {
      self = .past
    } else if remaining < min(Self.warningTime, (end - start) / 3) {
      self = .near(remaining: remaining)
    } else {
      self = .distant
    }
  }
}
