internal import COpenSSL

/// A configuration made ready for many sessions, with the credentials it is to use.
///
/// A context is immutable and shared by any number of threads. New credentials need a new context,
/// which a ``TLSContextSource`` makes.
public final class TLSContext: Sendable {
  /// How many bytes of ciphertext one read of a session may take in at once.
  public static let readBufferBytes = 64 * 1024

  /// What the context was made from.
  public let configuration: TLSConfiguration
  /// What is shown, and who is believed.
  public let credentials: TLSCredentials

  private let handle: Handle

  /// Reads the configuration's files.
  ///
  /// - Throws: ``TLSError/Code/invalidConfiguration``, naming the file and what is wrong with it.
  public convenience init(_ configuration: TLSConfiguration) throws(TLSError) {
    try self.init(configuration, TLSCredentials(reading: configuration.files))
  }

  /// Uses credentials that have been read from the configuration's files.
  ///
  /// - Throws: ``TLSError/Code/invalidConfiguration`` for an application protocol that is none.
  public init(
    _ configuration: TLSConfiguration, _ credentials: TLSCredentials
  ) throws(TLSError) {
    self.configuration = configuration
    self.credentials = credentials
    let protocols = try Self.wireForm(of: configuration.applicationProtocols)
    handle = try Handle(configuration.role, protocols: protocols)
    try handle.prepare()
    if let identity = credentials.identity { try handle.use(identity) }
    if let authorities = credentials.authorities { handle.trust(authorities) }
    switch configuration.role {
    case .server(_, let clients):
      if case .required = clients { handle.disableResumption() }
      handle.selectProtocol()
    case .client:
      try handle.offerProtocols()
    }
  }

  /// A new OpenSSL connection; the caller frees it.
  func makeConnection() throws(TLSError) -> OpaquePointer {
    guard let connection = SSL_new(handle.pointer) else {
      throw TLSError(.invalidConfiguration, ErrorQueue.drainedText())
    }
    return connection
  }

  /// The protocols as length-prefixed names (RFC 7301 section 3.1).
  private static func wireForm(of protocols: [String]) throws(TLSError) -> [UInt8] {
    var bytes: [UInt8] = []
    for name in protocols {
      guard (1...255).contains(name.utf8.count) else {
        throw TLSError(
          .invalidConfiguration, "application protocol \"\(name)\" must have 1 to 255 bytes")
      }
      bytes.append(UInt8(name.utf8.count))
      bytes.append(contentsOf: name.utf8)
    }
    return bytes
  }
}

/// The owner of an `SSL_CTX` and of the protocol list its ALPN callback reads.
///
/// Sendable: both are written only by the initialiser of ``TLSContext``; OpenSSL counts references
/// of a context atomically.
private final class Handle: @unchecked Sendable {
  let pointer: OpaquePointer
  private let protocols: UnsafeMutablePointer<alphintra_alpn_list>

  init(_ role: TLSConfiguration.Role, protocols names: [UInt8]) throws(TLSError) {
    let method =
      switch role {
      case .server: TLS_server_method()
      case .client: TLS_client_method()
      }
    guard let pointer = SSL_CTX_new(method) else {
      throw TLSError(.invalidConfiguration, ErrorQueue.drainedText())
    }
    self.pointer = pointer
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, names.count))
    for (index, byte) in names.enumerated() { (bytes + index).initialize(to: byte) }
    protocols = .allocate(capacity: 1)
    protocols.initialize(to: alphintra_alpn_list(bytes: bytes, count: UInt32(names.count)))
  }

  deinit {
    SSL_CTX_free(pointer)
    protocols.pointee.bytes.deallocate()
    protocols.deallocate()
  }

  func prepare() throws(TLSError) {
    // AES-128 first: the cheapest suite where the processor has AES, as BoringSSL and Go choose.
    let suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    guard alphintra_ctx_require_tls13(pointer) == 1,
      SSL_CTX_set_ciphersuites(pointer, suites) == 1
    else { throw TLSError(.invalidConfiguration, ErrorQueue.drainedText()) }
    alphintra_ctx_prefer_server_ciphers(pointer)
    alphintra_ctx_read_ahead(pointer, TLSContext.readBufferBytes)
    alphintra_ctx_allow_moving_write_buffer(pointer)
  }

  /// Shows an identity; the context takes references of its own.
  func use(_ identity: LoadedIdentity) throws(TLSError) {
    guard SSL_CTX_use_certificate(pointer, identity.chain.pointers[0]) == 1,
      SSL_CTX_use_PrivateKey(pointer, identity.key) == 1,
      identity.chain.pointers.dropFirst().allSatisfy({
        alphintra_ctx_add_chain_certificate(pointer, $0) == 1
      })
    else { throw TLSError(.invalidConfiguration, ErrorQueue.drainedText()) }
  }

  /// Verifies peers by authorities, whose store is shared with other contexts.
  func trust(_ authorities: LoadedAuthorities) {
    SSL_CTX_set1_cert_store(pointer, authorities.store)
    SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verifyPeer)
  }

  /// A resumed session would not look at the client's certificate again, expired or not.
  func disableResumption() {
    alphintra_ctx_disable_resumption(pointer)
  }

  func selectProtocol() {
    if protocols.pointee.count > 0 { alphintra_ctx_select_alpn(pointer, protocols) }
  }

  func offerProtocols() throws(TLSError) {
    let list = protocols.pointee
    // Unlike most of OpenSSL, this function returns 0 when it succeeds.
    guard list.count == 0 || SSL_CTX_set_alpn_protos(pointer, list.bytes, list.count) == 0 else {
      throw TLSError(.invalidConfiguration, ErrorQueue.drainedText())
    }
  }
}
