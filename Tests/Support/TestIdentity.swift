import Certificates
public import Foundation
public import TLS

/// The certificate of one service at paths that stay while it is replaced.
public final class TestIdentity: Sendable {
  /// Where the certificate and its key are.
  public let paths: TLSConfiguration.Identity
  private let certificates: TestCertificates
  private let name: String

  /// Issues the first certificate.
  public init(_ certificates: TestCertificates, service name: String) throws {
    self.certificates = certificates
    self.name = name
    paths = try certificates.service(name)
  }

  /// The same, kept up to date, with the authority of the test.
  public func source(denyList: String? = nil) throws -> TLSCredentialSource {
    try TLSCredentialSource(
      .init(
        identity: paths, trustedAuthoritiesPath: certificates.authorityPath,
        denyListPath: denyList))
  }

  /// Puts a new certificate in the place of the old one, with a new key.
  ///
  /// - Parameters:
  ///   - start: when it begins to be valid, in seconds from now.
  ///   - end: when it ends, in seconds from now.
  public func rotate(from start: TimeInterval = 0, until end: TimeInterval = 1800) throws {
    let issued = try certificates.issue(
      .service(
        named: name, validFrom: Date(timeIntervalSinceNow: start),
        validUntil: Date(timeIntervalSinceNow: end)))
    try PrivateFile.write(issued.privateKeyPEM, to: paths.privateKeyPath)
    try PrivateFile.write(issued.certificatePEM, to: paths.certificateChainPath)
  }
}
