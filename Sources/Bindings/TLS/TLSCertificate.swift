internal import COpenSSL
public import Core

/// What a certificate says: whose it is, and how long it counts.
public struct TLSCertificate: Sendable, Hashable {
  /// The URI names, in the certificate's order; a SPIFFE identity has exactly one.
  public var uris: [String]
  /// The DNS names, in the certificate's order.
  public var dnsNames: [String]
  /// The serial number in hexadecimal, upper-case and without separators.
  public var serialNumber: String
  /// The SHA-256 of the whole certificate in hexadecimal, upper-case and without separators.
  public var fingerprint: String
  /// The first second of validity.
  public var validFrom: Instant
  /// The last second of validity.
  public var validUntil: Instant

  /// Reads an OpenSSL certificate, which stays the caller's.
  ///
  /// A name that is not clean text (NUL, non-ASCII) is dropped, never cut short: it can then match
  /// nothing.
  init(reading certificate: OpaquePointer) {
    (uris, dnsNames) = Self.names(of: certificate)
    serialNumber = Self.serialNumber(of: certificate)
    fingerprint = Self.fingerprint(of: certificate)
    validFrom = Self.instant(X509_get0_notBefore(certificate))
    validUntil = Self.instant(X509_get0_notAfter(certificate))
  }

  private static func names(of certificate: OpaquePointer) -> (uris: [String], dns: [String]) {
    var found: (uris: [String], dns: [String]) = ([], [])
    guard let names = alphintra_names_of(certificate) else {
      _ = ErrorQueue.drain()
      return found
    }
    defer { alphintra_names_free(names) }
    for index in 0..<alphintra_names_count(names) {
      var kind: Int32 = 0
      var count: Int32 = 0
      guard let start = alphintra_names_text(names, index, &kind, &count) else { continue }
      let bytes = UnsafeBufferPointer(start: start, count: Int(count))
      guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      if kind == GEN_URI { found.uris.append(text) } else { found.dns.append(text) }
    }
    return found
  }

  private static func serialNumber(of certificate: OpaquePointer) -> String {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) else {
      _ = ErrorQueue.drain()
      return ""
    }
    defer { BN_free(number) }
    var bytes = [UInt8](repeating: 0, count: (Int(BN_num_bits(number)) + 7) / 8)
    let count = BN_bn2bin(number, &bytes)
    return hexadecimal(bytes.prefix(Int(count)))
  }

  private static func fingerprint(of certificate: OpaquePointer) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { digest in
      var count: UInt32 = 0
      guard X509_digest(certificate, EVP_sha256(), digest.baseAddress, &count) == 1 else {
        _ = ErrorQueue.drain()
        return ""
      }
      return hexadecimal(digest.prefix(Int(count)))
    }
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      for half in [byte >> 4, byte & 15] {
        text.append(half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "A") - 10 + half)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func instant(_ time: UnsafePointer<ASN1_TIME>?) -> Instant {
    let epoch = ASN1_TIME_set(nil, 0)
    defer { ASN1_TIME_free(epoch) }
    var (days, seconds): (Int32, Int32) = (0, 0)
    guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else {
      _ = ErrorQueue.drain()
      return .epoch
    }
    return .epoch + .seconds(Int64(days) * 86_400 + Int64(seconds))
  }
}
