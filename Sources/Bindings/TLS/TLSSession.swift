internal import COpenSSL

/// One TLS 1.3 connection without a socket: bytes of the network in and out, plaintext in and out.
///
/// The owner of the socket drives a session in three steps. For bytes that arrived: ``receive(_:)``
/// them, ``read(into:)`` until it asks for more (which also moves the handshake on), then send what
/// ``takeCiphertext(into:)`` returns. A client begins with ``advanceHandshake()``.
///
/// A session belongs to one thread at a time. After an error it is dead; see ``TLSError``.
public final class TLSSession {
  /// What a read produced.
  public enum ReadResult: Sendable, Hashable {
    /// This many bytes of plaintext, at least one.
    case plaintext(Int)
    /// Nothing until more ciphertext is received.
    case needsCiphertext
    /// The peer said goodbye (`close_notify`): no more plaintext follows.
    case closed
  }

  /// Whether both sides have proven who they are and plaintext may be written.
  ///
  /// A client gets here before the server has judged the client's certificate (RFC 8446
  /// section 4.4.2.4): a refusal arrives as an alert at a later read.
  public private(set) var isHandshakeComplete = false

  /// The certificate the peer proved to own; `nil` before the handshake is done, or without one.
  public private(set) var peerCertificate: TLSCertificate?

  /// The application protocol agreed on; `nil` before the handshake is done, or without one.
  public private(set) var applicationProtocol: String?

  /// The most bytes of plaintext that reads can find now; at zero they find nothing until more is received.
  ///
  /// It counts ciphertext, which is never less. Lets the caller make its buffer no larger than it must be.
  public private(set) var readableBound = 0

  private let context: TLSContext
  private let connection: OpaquePointer
  // Owned by `connection`, freed with it.
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer
  private let expectedSPIFFEID: String?
  // Says what to report, should the names of the peer's certificate turn out wrong.
  private var identityMismatch: String?
  // Why the peer was refused, if the deny-list names it.
  private var denial: TLSError?

  /// A session at the start of its handshake.
  ///
  /// - Throws: ``TLSError/Code/invalidConfiguration`` for an expected host that is no name at all.
  public init(_ context: TLSContext) throws(TLSError) {
    self.context = context
    connection = try context.makeConnection()
    guard let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem()) else {
      // A process that cannot allocate a hundred bytes cannot go on.
      preconditionFailure("out of memory")
    }
    self.incoming = incoming
    self.outgoing = outgoing
    SSL_set_bio(connection, incoming, outgoing)
    switch context.configuration.role {
    case .server:
      expectedSPIFFEID = nil
      SSL_set_accept_state(connection)
    case .client(_, _, let server):
      expectedSPIFFEID = server.spiffeID
      SSL_set_connect_state(connection)
    }
    // The callback reads it back only while this object is calling into the connection.
    alphintra_ssl_set_owner(connection, Unmanaged.passUnretained(self).toOpaque())
    if case .client(_, _, let server) = context.configuration.role, let host = server.host {
      try expect(host: host)
    }
  }

  deinit { SSL_free(connection) }

  // MARK: - From the network

  /// Takes in bytes of the network; they are copied.
  public func receive(_ ciphertext: UnsafeRawBufferPointer) {
    guard !ciphertext.isEmpty else { return }
    var written = 0
    // A memory BIO grows as needed: it takes everything or the process is out of memory.
    let taken = BIO_write_ex(incoming, ciphertext.baseAddress, ciphertext.count, &written)
    precondition(taken == 1 && written == ciphertext.count, "out of memory")
    readableBound += written
  }

  /// Goes on with the handshake as far as the received bytes allow.
  ///
  /// - Returns: whether the handshake is complete.
  @discardableResult
  public func advanceHandshake() throws(TLSError) -> Bool {
    if isHandshakeComplete { return true }
    let result = SSL_do_handshake(connection)
    guard result == 1 else {
      if SSL_get_error(connection, result) == SSL_ERROR_WANT_READ { return false }
      throw failure()
    }
    try completeHandshake()
    return true
  }

  /// Decrypts into `buffer`, which must not be empty; goes on with the handshake first if needed.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(TLSError) -> ReadResult {
    guard try advanceHandshake() else { return .needsCiphertext }
    var count = 0
    let result = SSL_read_ex(connection, buffer.baseAddress, buffer.count, &count)
    if result == 1 {
      readableBound = max(0, readableBound - count)
      return .plaintext(count)
    }
    switch SSL_get_error(connection, result) {
    case SSL_ERROR_WANT_READ:
      // Unless a part of a record waits for the rest, everything has been read.
      if SSL_has_pending(connection) == 0 { readableBound = 0 }
      return .needsCiphertext
    case SSL_ERROR_ZERO_RETURN: return .closed
    default: throw failure()
    }
  }

  // MARK: - To the network

  /// Encrypts all of `plaintext`; the result waits in ``takeCiphertext(into:)``.
  ///
  /// - Throws: ``TLSError/Code/notOpen`` before the handshake is complete or after ``close()``.
  public func write(_ plaintext: UnsafeRawBufferPointer) throws(TLSError) {
    guard isHandshakeComplete, SSL_get_shutdown(connection) & SSL_SENT_SHUTDOWN == 0 else {
      throw TLSError(
        .notOpen, isHandshakeComplete ? "the session is closed" : "the handshake is not complete")
    }
    guard !plaintext.isEmpty else { return }
    var written = 0
    guard
      SSL_write_ex(connection, plaintext.baseAddress, plaintext.count, &written) == 1,
      written == plaintext.count
    else { throw failure() }
  }

  /// Says goodbye to the peer (`close_notify`); reading goes on until the peer does the same.
  ///
  /// Does nothing during the handshake: there is no one to say goodbye to yet.
  public func close() {
    guard isHandshakeComplete else { return }
    if SSL_shutdown(connection) < 0 { _ = ErrorQueue.drain() }
  }

  /// How many bytes wait to be sent.
  public var pendingCiphertextCount: Int { BIO_ctrl_pending(outgoing) }

  /// Moves bytes to be sent into `buffer`.
  ///
  /// - Returns: how many bytes were moved: the lesser of ``pendingCiphertextCount`` and the
  ///   buffer's size.
  public func takeCiphertext(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard !buffer.isEmpty else { return 0 }
    var count = 0
    return BIO_read_ex(outgoing, buffer.baseAddress, buffer.count, &count) == 1 ? count : 0
  }

  // MARK: - The peer

  /// Whether a leaf certificate that passed path validation names the peer this session expects, and
  /// none that is denied.
  ///
  /// Called by OpenSSL's verification callback, during the handshake.
  ///
  /// - Returns: `X509_V_OK`, or the reason to refuse the peer.
  func judge(_ certificate: TLSCertificate) -> Int32 {
    denial = context.credentials.denyList.refusal(of: certificate)
    guard denial == nil else { return X509_V_ERR_CERT_REVOKED }
    guard let expectedSPIFFEID, certificate.uris != [expectedSPIFFEID] else { return X509_V_OK }
    let found = certificate.uris.isEmpty ? "no URI" : certificate.uris.joined(separator: ", ")
    identityMismatch = "expected \(expectedSPIFFEID), the certificate names \(found)"
    return X509_V_ERR_APPLICATION_VERIFICATION
  }

  private func expect(host: String) throws(TLSError) {
    identityMismatch = "the certificate is not valid for \(host)"
    let parameters = SSL_get0_param(connection)
    if X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 { return }
    _ = ErrorQueue.drain()
    X509_VERIFY_PARAM_set_hostflags(
      parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
    )
    guard X509_VERIFY_PARAM_set1_host(parameters, host, host.utf8.count) == 1,
      alphintra_ssl_set_server_name(connection, host) == 1
    else {
      throw TLSError(
        .invalidConfiguration, "expected host \"\(host)\": \(ErrorQueue.drainedText())")
    }
  }

  private func completeHandshake() throws(TLSError) {
    var name: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(connection, &name, &count)
    if let name, count > 0 {
      applicationProtocol = String(
        decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    } else if context.configuration.requiresApplicationProtocol {
      throw TLSError(
        .applicationProtocolUnsupported,
        "the peer negotiated none of \(context.configuration.applicationProtocols)")
    }
    if let leaf = SSL_get0_peer_certificate(connection) {
      peerCertificate = TLSCertificate(reading: leaf)
    }
    isHandshakeComplete = true
  }

  private func failure() -> TLSError {
    let error = TLSError.ofFailedConnection(connection, mismatch: identityMismatch)
    return denial ?? error
  }
}
