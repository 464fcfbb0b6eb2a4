public import Foundation
internal import SwiftASN1
internal import X509

/// A folder of PEM files: an authority and the certificates it issued.
///
/// | file | what it is |
/// |---|---|
/// | `ca.pem`, `ca.key` | the authority |
/// | `<service>.pem`, `<service>.key` | a service's identity in the mesh |
/// | `edge.pem`, `edge.key` | the edge's certificate towards browsers |
///
/// Every file is readable by its owner alone.
public struct CertificateFolder: Sendable {
  /// How long a new authority lasts.
  public static let authorityLifetime: TimeInterval = 365 * 24 * 3600
  /// How long a new leaf lasts.
  public static let leafLifetime: TimeInterval = 30 * 24 * 3600
  /// A leaf with less than this left is issued anew.
  public static let renewalMargin: TimeInterval = 7 * 24 * 3600
  /// The file name of the edge's certificate, without its ending.
  public static let edgeName = "edge"

  /// The folder's path.
  public let path: String

  /// Names a folder; nothing is read or written yet.
  public init(path: String) { self.path = path }

  /// The path of the authority's certificate, which peers trust.
  public var authorityPath: String { "\(path)/ca.pem" }
  /// The path of a certificate: a service's, or ``edgeName``.
  public func certificatePath(of name: String) -> String { "\(path)/\(name).pem" }
  /// The path of a certificate's key.
  public func privateKeyPath(of name: String) -> String { "\(path)/\(name).key" }

  /// Makes what is missing: the folder, the authority, a certificate for each service and the edge.
  ///
  /// What is there and will be valid for ``renewalMargin`` is kept. A new authority replaces all
  /// certificates of the old one.
  ///
  /// - Returns: the names of the certificates issued, `ca` among them; empty if all were good.
  @discardableResult
  public func prepare(services: [String], now: Date = Date()) throws(CertificateError) -> [String] {
    try makeFolder()
    var issued: [String] = []
    let authority: CertificateAuthority
    if let existing = existingAuthority(now: now) {
      authority = existing
    } else {
      authority = try CertificateAuthority(
        commonName: "Alphintra development authority", validFrom: now,
        validUntil: now.addingTimeInterval(Self.authorityLifetime))
      try PrivateFile.write(try authority.privateKeyPEM(), to: privateKeyPath(of: "ca"))
      try PrivateFile.write(try authority.certificatePEM(), to: authorityPath)
      issued.append("ca")
    }
    let end = min(now.addingTimeInterval(Self.leafLifetime), authority.validUntil)
    let requests =
      services.map {
        (name: $0, CertificateRequest.service(named: $0, validFrom: now, validUntil: end))
      } + [(name: Self.edgeName, CertificateRequest.edge(validFrom: now, validUntil: end))]
    for (name, request) in requests where !isGood(name, from: authority, now: now) {
      try store(try authority.issue(request), as: name)
      issued.append(name)
    }
    return issued
  }

  /// Writes a certificate and its key under a name.
  public func store(_ issued: IssuedCertificate, as name: String) throws(CertificateError) {
    try PrivateFile.write(issued.privateKeyPEM, to: privateKeyPath(of: name))
    try PrivateFile.write(issued.certificatePEM, to: certificatePath(of: name))
  }

  private func makeFolder() throws(CertificateError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CertificateError.fileFailed(path: path, error.localizedDescription)
    }
  }

  private func existingAuthority(now: Date) -> CertificateAuthority? {
    guard let certificate = text(of: authorityPath), let key = text(of: privateKeyPath(of: "ca")),
      let authority = try? CertificateAuthority(certificatePEM: certificate, privateKeyPEM: key),
      authority.validUntil > now.addingTimeInterval(Self.renewalMargin)
    else { return nil }
    return authority
  }

  private func isGood(_ name: String, from authority: CertificateAuthority, now: Date) -> Bool {
    guard let pem = text(of: certificatePath(of: name)), authority.issued(certificatePEM: pem),
      let certificate = try? Certificate(pemEncoded: pem),
      let keyPEM = text(of: privateKeyPath(of: name)),
      let key = try? Certificate.PrivateKey(pemEncoded: keyPEM)
    else { return false }
    return certificate.publicKey == key.publicKey && certificate.notValidBefore <= now
      && certificate.notValidAfter > now.addingTimeInterval(Self.renewalMargin)
  }

  private func text(of path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}
