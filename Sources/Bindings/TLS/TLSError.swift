/// Why a TLS context could not be made or a TLS session failed.
///
/// After an error of a session the session is dead, but an alert for the peer may be waiting:
/// send what ``TLSSession/takeCiphertext(into:)`` still returns, then close the connection.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, in the words of this side.
  public enum Code: Sendable, Hashable {
    /// A certificate, key or authority file is missing, unreadable or does not fit the others.
    case invalidConfiguration
    /// The peer was asked for a certificate and sent none.
    case peerCertificateMissing
    /// The peer's certificate does not come from a trusted authority.
    case peerCertificateUntrusted
    /// The peer's certificate, or one above it, has expired.
    case peerCertificateExpired
    /// The peer's certificate, or one above it, is not valid yet.
    case peerCertificateNotYetValid
    /// The peer's certificate is good but names somebody else.
    case peerIdentityMismatch
    /// The peer's certificate is good, and our deny-list names it or its owner.
    case peerDenied
    /// The peer's certificate fails another rule of path validation.
    case peerCertificateInvalid
    /// The peer speaks no TLS 1.3.
    case protocolVersionUnsupported
    /// The two sides have no application protocol in common.
    case applicationProtocolUnsupported
    /// The peer ended the connection with an alert.
    case alertReceived(TLSAlert)
    /// Plaintext was written before the handshake was done or after the connection was closed.
    case notOpen
    /// What the peer sent is not TLS, or breaks its rules.
    case protocolViolation
  }

  /// What went wrong.
  public var code: Code

  /// The particulars, for the operator: OpenSSL's reason, a file, the names compared.
  public var reason: String

  /// An error of the given kind.
  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  /// The kind and the particulars on one line.
  public var description: String { "\(code): \(reason)" }
}

/// The description of a fatal alert (RFC 8446 section 6.2).
public struct TLSAlert: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// The number of the alert on the wire.
  public var rawValue: UInt8

  /// An alert by its number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// No acceptable set of parameters, or an identity the peer did not accept.
  public static let handshakeFailure = TLSAlert(rawValue: 40)
  /// The certificate was corrupt or named somebody else.
  public static let badCertificate = TLSAlert(rawValue: 42)
  /// The certificate was of the wrong kind.
  public static let unsupportedCertificate = TLSAlert(rawValue: 43)
  /// The certificate was revoked.
  public static let certificateRevoked = TLSAlert(rawValue: 44)
  /// The certificate has expired or is not valid yet.
  public static let certificateExpired = TLSAlert(rawValue: 45)
  /// The certificate authority is not known to the peer.
  public static let unknownAuthority = TLSAlert(rawValue: 48)
  /// The peer does not speak the version offered.
  public static let protocolVersion = TLSAlert(rawValue: 70)
  /// The peer asked for a certificate and received none.
  public static let certificateRequired = TLSAlert(rawValue: 116)
  /// The peer speaks none of the application protocols offered.
  public static let noApplicationProtocol = TLSAlert(rawValue: 120)

  /// The alert's name in RFC 8446, or its number.
  public var description: String {
    switch self {
    case .handshakeFailure: "handshake_failure"
    case .badCertificate: "bad_certificate"
    case .unsupportedCertificate: "unsupported_certificate"
    case .certificateRevoked: "certificate_revoked"
    case .certificateExpired: "certificate_expired"
    case .unknownAuthority: "unknown_ca"
    case .protocolVersion: "protocol_version"
    case .certificateRequired: "certificate_required"
    case .noApplicationProtocol: "no_application_protocol"
    default: "alert \(rawValue)"
    }
  }
}
