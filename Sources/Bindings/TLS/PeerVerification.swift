internal import COpenSSL

/// OpenSSL's verification callback: called for each certificate of the peer's chain.
///
/// OpenSSL's own verdict stands; a leaf that passed must also carry the SPIFFE id the session
/// expects, and not be denied. Refusing here, inside the handshake, keeps our own certificate and data from a server
/// that is not the one dialled.
func verifyPeer(preverified: Int32, store: OpaquePointer?) -> Int32 {
  guard preverified == 1, let store, X509_STORE_CTX_get_error_depth(store) == 0 else {
    return preverified
  }
  guard let connection = alphintra_store_ctx_get_ssl(store),
    let owner = alphintra_ssl_get_owner(connection),
    let leaf = X509_STORE_CTX_get_current_cert(store)
  else {
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION)
    return 0
  }
  let session = Unmanaged<TLSSession>.fromOpaque(owner).takeUnretainedValue()
  let verdict = session.judge(TLSCertificate(reading: leaf))
  if verdict != X509_V_OK { X509_STORE_CTX_set_error(store, verdict) }
  return verdict == X509_V_OK ? 1 : 0
}

extension TLSError {
  /// The error of a session whose handshake, read or write OpenSSL just failed.
  ///
  /// Drains the error queue.
  static func ofFailedConnection(_ connection: OpaquePointer, mismatch: String?) -> TLSError {
    let entries = ErrorQueue.drain()
    let text = entries.map(\.text).joined(separator: "; ")
    let reasons = entries.compactMap(\.sslReason)
    if let alert = reasons.compactMap(alertNumber(ofReason:)).first {
      return TLSError(.alertReceived(TLSAlert(rawValue: alert)), text)
    }
    if reasons.contains(SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
      return TLSError(.peerCertificateMissing, text)
    }
    if reasons.contains(SSL_R_CERTIFICATE_VERIFY_FAILED) {
      return ofVerification(SSL_get_verify_result(connection), mismatch: mismatch)
    }
    if reasons.contains(where: versionReasons.contains) {
      return TLSError(.protocolVersionUnsupported, text)
    }
    if reasons.contains(SSL_R_NO_APPLICATION_PROTOCOL) {
      return TLSError(.applicationProtocolUnsupported, text)
    }
    return TLSError(.protocolViolation, text.isEmpty ? "the connection failed" : text)
  }

  private static let versionReasons: Set<Int32> = [
    SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_NO_PROTOCOLS_AVAILABLE,
  ]

  /// Reasons above `SSL_AD_REASON_OFFSET` are alerts of the peer, by their number on the wire.
  private static func alertNumber(ofReason reason: Int32) -> UInt8? {
    UInt8(exactly: reason - SSL_AD_REASON_OFFSET)
  }

  private static func ofVerification(_ result: Int, mismatch: String?) -> TLSError {
    let text = String(cString: X509_verify_cert_error_string(result))
    switch Int32(truncatingIfNeeded: result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return TLSError(.peerCertificateExpired, text)
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return TLSError(.peerCertificateNotYetValid, text)
    case X509_V_ERR_APPLICATION_VERIFICATION, X509_V_ERR_HOSTNAME_MISMATCH,
      X509_V_ERR_IP_ADDRESS_MISMATCH:
      return TLSError(.peerIdentityMismatch, mismatch ?? text)
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED,
      X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return TLSError(.peerCertificateUntrusted, text)
    default:
      return TLSError(.peerCertificateInvalid, text)
    }
  }
}
