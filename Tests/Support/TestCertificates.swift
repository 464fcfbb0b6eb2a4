public import Certificates
import Foundation
public import TLS

/// A folder of certificates for one test, removed with this object.
///
/// Holds an authority, leaves it issued on request, and a second authority nobody trusts.
public final class TestCertificates: Sendable {
  private let folder: CertificateFolder
  private let authority: CertificateAuthority
  private let stranger: CertificateAuthority

  /// Makes the folder and both authorities.
  public init() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("alphintra-certificates-\(UUID().uuidString)").path
    folder = CertificateFolder(path: path)
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let end = Date(timeIntervalSinceNow: 3600)
    authority = try CertificateAuthority(
      commonName: "Test authority", validFrom: Date(), validUntil: end)
    stranger = try CertificateAuthority(
      commonName: "Unknown authority", validFrom: Date(), validUntil: end)
    try authority.certificatePEM()
      .write(toFile: folder.authorityPath, atomically: true, encoding: .utf8)
    try stranger.certificatePEM()
      .write(toFile: folder.certificatePath(of: "stranger"), atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder.path) }

  /// The path of the authority that the test's peers trust.
  public var authorityPath: String { folder.authorityPath }

  /// The path of the authority that no peer trusts.
  public var strangerAuthorityPath: String { folder.certificatePath(of: "stranger") }

  /// The identity of a service of the mesh.
  public func service(_ name: String) throws -> TLSConfiguration.Identity {
    try identity(.service(named: name, validFrom: Date(), validUntil: soon))
  }

  /// A service's identity that ended an hour ago.
  public func expiredService(_ name: String) throws -> TLSConfiguration.Identity {
    try identity(
      .service(
        named: name, validFrom: Date(timeIntervalSinceNow: -7200),
        validUntil: Date(timeIntervalSinceNow: -3600)))
  }

  /// A service's identity that begins in an hour.
  public func futureService(_ name: String) throws -> TLSConfiguration.Identity {
    try identity(
      .service(
        named: name, validFrom: Date(timeIntervalSinceNow: 3600),
        validUntil: Date(timeIntervalSinceNow: 7200)))
  }

  /// A service's identity from the authority that no peer trusts.
  public func strangersService(_ name: String) throws -> TLSConfiguration.Identity {
    try identity(
      .service(named: name, validFrom: Date(), validUntil: soon), issuedByStranger: true)
  }

  /// The edge's certificate: a server's name without an identity in the mesh.
  public func edge() throws -> TLSConfiguration.Identity {
    try identity(.edge(validFrom: Date(), validUntil: soon))
  }

  /// Any certificate, from the authority that peers trust or from the other one.
  public func identity(
    _ request: CertificateRequest, issuedByStranger: Bool = false
  ) throws -> TLSConfiguration.Identity {
    let issued = try issue(request, byStranger: issuedByStranger)
    let name = "\(request.commonName)-\(UUID().uuidString)"
    try PrivateFile.write(issued.privateKeyPEM, to: folder.privateKeyPath(of: name))
    try PrivateFile.write(issued.certificatePEM, to: folder.certificatePath(of: name))
    return TLSConfiguration.Identity(
      certificateChainPath: folder.certificatePath(of: name),
      privateKeyPath: folder.privateKeyPath(of: name))
  }

  /// A certificate that is not stored.
  func issue(
    _ request: CertificateRequest, byStranger: Bool = false
  ) throws -> IssuedCertificate {
    try (byStranger ? stranger : authority).issue(request)
  }

  /// A server of the mesh: requires a client certificate, speaks HTTP/2.
  public func meshServer(
    _ name: String, applicationProtocols: [String] = ["h2"]
  ) throws -> TLSConfiguration {
    .server(
      identity: try service(name),
      clientAuthentication: .required(trustedAuthoritiesPath: authorityPath),
      applicationProtocols: applicationProtocols)
  }

  /// A server of the mesh whose files are kept up to date.
  public func meshServer(_ credentials: TLSCredentialSource) -> TLSConfiguration {
    guard let identity = credentials.files.identity else {
      preconditionFailure("a server shows a certificate")
    }
    return .server(
      identity: identity,
      clientAuthentication: .required(trustedAuthoritiesPath: authorityPath),
      applicationProtocols: ["h2"])
  }

  /// A client of the mesh that calls one service.
  public func meshClient(
    _ name: String, calling service: String, applicationProtocols: [String] = ["h2"]
  ) throws -> TLSConfiguration {
    .client(
      identity: try self.service(name), trustedAuthoritiesPath: authorityPath,
      expecting: .init(spiffeID: CertificateRequest.spiffeID(ofService: service)),
      applicationProtocols: applicationProtocols)
  }

  private var soon: Date { Date(timeIntervalSinceNow: 1800) }
}
