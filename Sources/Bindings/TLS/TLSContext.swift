internal import COpenSSL

/// A configuration made ready for many sessions: files read, keys checked against certificates.
///
/// A context is immutable and shared by any number of threads. New files on disk need a new
/// context.
public final class TLSContext: Sendable {
  /// How many bytes of ciphertext one read of a session may take in at once.
  public static let readBufferBytes = 64 * 1024

  /// What the context was made from.
  public let configuration: TLSConfiguration

  private let handle: Handle

  /// Reads the configuration's files.
  ///
  /// - Throws: ``TLSError/Code/invalidConfiguration``, naming the file and what is wrong with it.
  public init(_ configuration: TLSConfiguration) throws(TLSError) {
    self.configuration = configuration
    let protocols = try Self.wireForm(of: configuration.applicationProtocols)
    handle = try Handle(configuration.role, protocols: protocols)
    try handle.prepare()
    switch configuration.role {
    case .server(let identity, let clients):
      try handle.use(identity)
      if case .required(let path) = clients { try handle.requireClientCertificate(from: path) }
      handle.selectProtocol()
    case .client(let identity, let path, _):
      if let identity { try handle.use(identity) }
      try handle.trust(authoritiesAt: path)
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

  func use(_ identity: TLSConfiguration.Identity) throws(TLSError) {
    let chain = identity.certificateChainPath
    let key = identity.privateKeyPath
    guard SSL_CTX_use_certificate_chain_file(pointer, chain) == 1 else {
      throw unusable("certificate chain", chain)
    }
    guard SSL_CTX_use_PrivateKey_file(pointer, key, SSL_FILETYPE_PEM) == 1 else {
      throw unusable("private key", key)
    }
    guard SSL_CTX_check_private_key(pointer) == 1 else {
      throw unusable("private key does not belong to \(chain):", key)
    }
  }

  func requireClientCertificate(from authoritiesPath: String) throws(TLSError) {
    try trust(authoritiesAt: authoritiesPath)
    // A resumed session would not look at the client's certificate again, expired or not.
    alphintra_ctx_disable_resumption(pointer)
  }

  func trust(authoritiesAt path: String) throws(TLSError) {
    guard SSL_CTX_load_verify_file(pointer, path) == 1 else {
      throw unusable("trusted authorities", path)
    }
    SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verifyPeer)
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

  private func unusable(_ what: String, _ path: String) -> TLSError {
    TLSError(.invalidConfiguration, "\(what) \(path): \(ErrorQueue.drainedText())")
  }
}
