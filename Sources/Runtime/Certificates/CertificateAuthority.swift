internal import Crypto
public import Foundation
internal import SwiftASN1
internal import X509

/// A certificate authority with a P-256 key: issues leaf certificates, never further authorities.
///
/// For development and tests. Production certificates come from the platform's own authority; the
/// services only read files.
public struct CertificateAuthority: Sendable {
  /// How far before its first use a certificate begins, so that clocks may differ.
  public static let clockSkewTolerance: TimeInterval = 5 * 60

  private let certificate: Certificate
  private let key: Certificate.PrivateKey

  /// A new authority with a new key.
  public init(commonName: String, validFrom: Date, validUntil: Date) throws(CertificateError) {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let made = Result<Certificate, any Error> {
      let name = try DistinguishedName {
        OrganizationName("Alphintra")
        CommonName(commonName)
      }
      return try Certificate(
        version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
        notValidBefore: validFrom.addingTimeInterval(-Self.clockSkewTolerance),
        notValidAfter: validUntil, issuer: name, subject: name,
        signatureAlgorithm: .ecdsaWithSHA256,
        extensions: Certificate.Extensions {
          Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
          Critical(KeyUsage(keyCertSign: true, cRLSign: true))
          SubjectKeyIdentifier(hash: key.publicKey)
        },
        issuerPrivateKey: key)
    }
    switch made {
    case .success(let certificate): (self.certificate, self.key) = (certificate, key)
    case .failure(let error): throw CertificateError.notIssued(name: commonName, "\(error)")
    }
  }

  /// An authority read back from its PEM texts.
  public init(certificatePEM: String, privateKeyPEM: String) throws(CertificateError) {
    do {
      certificate = try Certificate(pemEncoded: certificatePEM)
      key = try Certificate.PrivateKey(pemEncoded: privateKeyPEM)
    } catch {
      throw CertificateError.unreadable("authority", "\(error)")
    }
    guard certificate.publicKey == key.publicKey else {
      throw CertificateError.unreadable("authority", "the key belongs to another certificate")
    }
  }

  /// The instant after which nothing issued by this authority is trusted.
  public var validUntil: Date { certificate.notValidAfter }

  /// The certificate that peers trust.
  public func certificatePEM() throws(CertificateError) -> String {
    do { return try certificate.serializeAsPEM().file } catch {
      throw CertificateError.notIssued(name: "authority", "\(error)")
    }
  }

  /// The key that signs; keep it from everybody else.
  public func privateKeyPEM() throws(CertificateError) -> String {
    do { return try key.serializeAsPEM().file } catch {
      throw CertificateError.notIssued(name: "authority", "\(error)")
    }
  }

  /// A certificate as requested, for a new P-256 key.
  public func issue(_ request: CertificateRequest) throws(CertificateError) -> IssuedCertificate {
    do {
      let leafKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
      let leaf = try Certificate(
        version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: leafKey.publicKey,
        notValidBefore: request.validFrom.addingTimeInterval(-Self.clockSkewTolerance),
        notValidAfter: request.validUntil, issuer: certificate.subject,
        subject: try DistinguishedName {
          OrganizationName("Alphintra")
          CommonName(request.commonName)
        },
        signatureAlgorithm: .ecdsaWithSHA256, extensions: try extensions(for: request, leafKey),
        issuerPrivateKey: key)
      return IssuedCertificate(
        certificatePEM: try leaf.serializeAsPEM().file,
        privateKeyPEM: try leafKey.serializeAsPEM().file, validUntil: leaf.notValidAfter)
    } catch {
      throw CertificateError.notIssued(name: request.commonName, "\(error)")
    }
  }

  /// Whether this authority's key signed the certificate in a PEM text.
  func issued(certificatePEM: String) -> Bool {
    guard let leaf = try? Certificate(pemEncoded: certificatePEM) else { return false }
    return certificate.publicKey.isValidSignature(leaf.signature, for: leaf)
  }

  private func extensions(
    for request: CertificateRequest, _ leafKey: Certificate.PrivateKey
  ) throws -> Certificate.Extensions {
    let names =
      request.uris.map(GeneralName.uniformResourceIdentifier)
      + request.dnsNames.map(GeneralName.dnsName)
      + request.ipAddresses.map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
    let usages = request.usages.map { usage -> ExtendedKeyUsage.Usage in
      switch usage {
      case .server: .serverAuth
      case .client: .clientAuth
      }
    }
    return try Certificate.Extensions {
      Critical(BasicConstraints.notCertificateAuthority)
      Critical(KeyUsage(digitalSignature: true))
      try ExtendedKeyUsage(usages)
      SubjectAlternativeNames(names)
      SubjectKeyIdentifier(hash: leafKey.publicKey)
      AuthorityKeyIdentifier(
        keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
    }
  }
}

extension PEMDocument {
  /// The text of a file, whose last line ends: another document may be appended.
  fileprivate var file: String { pemString + "\n" }
}

/// A leaf certificate and its key, as PEM texts.
public struct IssuedCertificate: Sendable, Hashable {
  /// The certificate.
  public let certificatePEM: String
  /// Its key; keep it from everybody but its owner.
  public let privateKeyPEM: String
  /// The last instant of validity.
  public let validUntil: Date
}
