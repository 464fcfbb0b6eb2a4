internal import COpenSSL

/// A certificate chain and its key, read from PEM files and known to fit.
///
/// Sendable: nothing changes after the initialiser, and OpenSSL counts references atomically.
final class LoadedIdentity: @unchecked Sendable {
  /// The leaf first.
  let chain: PEMCertificates
  let key: OpaquePointer
  let certificate: TLSCertificate

  init(_ identity: TLSConfiguration.Identity) throws(TLSError) {
    let chain = try PEMCertificates("certificate chain", at: identity.certificateChainPath)
    let path = identity.privateKeyPath
    guard let file = BIO_new_file(path, "r") else { throw .unusable("private key", path) }
    defer { BIO_free(file) }
    // Nobody is there to be asked for a password: an encrypted key is an error.
    guard let key = PEM_read_bio_PrivateKey(file, nil, { _, _, _, _ in -1 }, nil) else {
      throw .unusable("private key", path)
    }
    guard X509_check_private_key(chain.pointers[0], key) == 1 else {
      EVP_PKEY_free(key)
      throw .unusable(
        "private key does not belong to \(identity.certificateChainPath):", path)
    }
    self.chain = chain
    self.key = key
    self.certificate = chain.certificates[0]
  }

  deinit { EVP_PKEY_free(key) }
}

/// The authorities of a PEM file, ready to verify with.
///
/// Sendable: nothing changes after the initialiser, and OpenSSL locks what it looks up in a store.
final class LoadedAuthorities: @unchecked Sendable {
  let store: OpaquePointer
  let certificates: [TLSCertificate]

  init(_ path: String) throws(TLSError) {
    let loaded = try PEMCertificates("trusted authorities", at: path)
    guard let store = X509_STORE_new() else { throw .unusable("trusted authorities", path) }
    for pointer in loaded.pointers where X509_STORE_add_cert(store, pointer) != 1 {
      X509_STORE_free(store)
      throw .unusable("trusted authorities", path)
    }
    self.store = store
    self.certificates = loaded.certificates
  }

  deinit { X509_STORE_free(store) }
}

/// The certificates of a PEM file, at least one.
///
/// Sendable for the same reasons as its users above.
final class PEMCertificates: @unchecked Sendable {
  let pointers: [OpaquePointer]
  let certificates: [TLSCertificate]

  /// - Parameter what: what the file is called in errors.
  init(_ what: String, at path: String) throws(TLSError) {
    guard let file = BIO_new_file(path, "r") else { throw .unusable(what, path) }
    defer { BIO_free(file) }
    var pointers: [OpaquePointer] = []
    while let certificate = PEM_read_bio_X509(file, nil, nil, nil) { pointers.append(certificate) }
    // A file ends where no further certificate begins; anything else is damage.
    guard !pointers.isEmpty, alphintra_error_is_end_of_pem(ERR_peek_last_error()) == 1 else {
      for pointer in pointers { X509_free(pointer) }
      throw .unusable(what, path)
    }
    _ = ErrorQueue.drain()
    self.pointers = pointers
    self.certificates = pointers.map(TLSCertificate.init(reading:))
  }

  deinit {
    for pointer in pointers { X509_free(pointer) }
  }
}

extension PeerDenyList {
  /// Reads a file; nil is a list that denies nobody.
  init(at path: String?) throws(TLSError) {
    guard let path else {
      self.init()
      return
    }
    guard let file = BIO_new_file(path, "r") else { throw .unusable("deny-list", path) }
    defer { BIO_free(file) }
    var bytes = [UInt8](repeating: 0, count: Self.maximumBytes + 1)
    var (count, taken) = (0, 0)
    while count < bytes.count,
      bytes.withUnsafeMutableBytes({ buffer in
        BIO_read_ex(file, buffer.baseAddress.map { $0 + count }, buffer.count - count, &taken)
      }) == 1
    { count += taken }
    guard count <= Self.maximumBytes else {
      throw TLSError(
        .invalidConfiguration, "deny-list \(path): longer than \(Self.maximumBytes) bytes")
    }
    do throws(TLSError) {
      self = try Self(String(decoding: bytes[..<count], as: UTF8.self))
    } catch {
      throw TLSError(error.code, "deny-list \(path): \(error.reason)")
    }
  }
}

extension TLSError {
  /// A file that cannot be used, with OpenSSL's reason.
  fileprivate static func unusable(_ what: String, _ path: String) -> TLSError {
    TLSError(.invalidConfiguration, "\(what) \(path): \(ErrorQueue.drainedText())")
  }
}
