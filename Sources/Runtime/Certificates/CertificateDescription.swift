public import Foundation
internal import SwiftASN1
internal import X509

/// What a certificate in a folder says, and what is wrong with it.
public struct CertificateDescription: Sendable, Hashable {
  /// The name of its file, without the ending.
  public let name: String
  /// The subject, such as `O=Alphintra,CN=trading`; empty if it cannot be read.
  public private(set) var subject = ""
  /// The names that peers go by, such as `URI:spiffe://alphintra/service/trading` and `DNS:localhost`.
  public private(set) var subjectAlternativeNames: [String] = []
  /// What it may be used for: `server`, `client`, `authority`.
  public private(set) var usages: [String] = []
  /// The serial number in hexadecimal.
  public private(set) var serialNumber = ""
  /// The first instant of validity; nil if it cannot be read.
  public private(set) var validFrom: Date?
  /// The last instant of validity; nil if it cannot be read.
  public private(set) var validUntil: Date?
  /// What keeps it from being used; nil if it is good.
  public private(set) var problem: String?

  init(
    name: String, path: String, certificatePEM: String?, privateKeyPEM: String?,
    authorityPEM: String?, now: Date
  ) {
    self.name = name
    guard let certificate = certificatePEM.flatMap({ try? Certificate(pemEncoded: $0) }) else {
      problem = "\(path) is no certificate"
      return
    }
    subject = "\(certificate.subject)"
    serialNumber = certificate.serialNumber.bytes.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.count == 1 ? "0\(digits)" : digits
    }.joined()
    validFrom = certificate.notValidBefore
    validUntil = certificate.notValidAfter
    subjectAlternativeNames = Self.names(of: certificate)
    usages = Self.usages(of: certificate)
    problem = Self.problem(certificate, privateKeyPEM, authorityPEM, now)
  }

  private static func names(of certificate: Certificate) -> [String] {
    let names = try? certificate.extensions.subjectAlternativeNames
    return (names ?? SubjectAlternativeNames([])).map { name in
      switch name {
      case .uniformResourceIdentifier(let uri): "URI:\(uri)"
      case .dnsName(let host): "DNS:\(host)"
      case .ipAddress(let address): "IP:\(address.bytes.map { "\($0)" }.joined(separator: "."))"
      default: "\(name)"
      }
    }
  }

  private static func usages(of certificate: Certificate) -> [String] {
    if case .isCertificateAuthority? = try? certificate.extensions.basicConstraints {
      return ["authority"]
    }
    let usages = (try? certificate.extensions.extendedKeyUsage).flatMap { $0 }
    return (usages.map(Array.init) ?? []).map { usage in
      switch usage {
      case .serverAuth: "server"
      case .clientAuth: "client"
      default: "\(usage)"
      }
    }
  }

  private static func problem(
    _ certificate: Certificate, _ privateKeyPEM: String?, _ authorityPEM: String?, _ now: Date
  ) -> String? {
    guard let key = privateKeyPEM.flatMap({ try? Certificate.PrivateKey(pemEncoded: $0) }) else {
      return "its key is missing or cannot be read"
    }
    guard key.publicKey == certificate.publicKey else { return "its key is another's" }
    guard let authority = authorityPEM.flatMap({ try? Certificate(pemEncoded: $0) }),
      authority.publicKey.isValidSignature(certificate.signature, for: certificate)
    else { return "ca.pem did not issue it" }
    if certificate.notValidBefore > now { return "it is not valid yet" }
    if certificate.notValidAfter < now { return "it has ended" }
    return nil
  }
}
