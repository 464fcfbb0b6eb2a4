internal import COpenSSL

/// What the peer's verified certificate says about the peer.
public struct TLSPeerCertificate: Sendable, Hashable {
  /// The URI names, in the certificate's order; a SPIFFE identity has exactly one.
  public var uris: [String]
  /// The DNS names, in the certificate's order.
  public var dnsNames: [String]

  /// A certificate with these names.
  public init(uris: [String], dnsNames: [String]) {
    self.uris = uris
    self.dnsNames = dnsNames
  }

  /// Reads the names of an OpenSSL certificate, which stays the caller's.
  ///
  /// A name that is not clean text (NUL, non-ASCII) is dropped, never cut short: it can then match
  /// nothing.
  init(reading certificate: OpaquePointer) {
    self.init(uris: [], dnsNames: [])
    guard let names = alphintra_names_of(certificate) else {
      _ = ErrorQueue.drain()
      return
    }
    defer { alphintra_names_free(names) }
    for index in 0..<alphintra_names_count(names) {
      var kind: Int32 = 0
      var count: Int32 = 0
      guard let start = alphintra_names_text(names, index, &kind, &count) else { continue }
      let bytes = UnsafeBufferPointer(start: start, count: Int(count))
      guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      if kind == GEN_URI { uris.append(text) } else { dnsNames.append(text) }
    }
  }
}
