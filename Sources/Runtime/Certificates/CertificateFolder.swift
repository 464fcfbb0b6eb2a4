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
/// Every file is readable by its owner alone. All files change together: whoever reads a certificate
/// and then its key, and finds neither changed since, has a pair.
public struct CertificateFolder: Sendable {
  /// How long a new authority lasts.
  public static let authorityLifetime: TimeInterval = 365 * 24 * 3600
  /// An authority with less than this left is replaced.
  public static let authorityMargin: TimeInterval = 7 * 24 * 3600
  /// How long a new leaf lasts unless told otherwise.
  public static let leafLifetime: TimeInterval = 24 * 3600
  /// The file name of the edge's certificate, without its ending.
  public static let edgeName = "edge"

  /// Which certificates are issued anew.
  public enum Renewal: Sendable, Hashable {
    /// Those that are missing, damaged, or past the half of their lifetime.
    case due
    /// All of them, as after the loss of a key.
    case all
  }

  /// The folder's path.
  public let path: String
  /// How long new leaves last, in seconds.
  ///
  /// A leaf that lasts longer, or has less than half of it left, is issued anew.
  public let leafLifetime: TimeInterval

  private var files: VersionedFiles { VersionedFiles(folder: path) }

  /// Names a folder; nothing is read or written yet.
  public init(path: String, leafLifetime: TimeInterval = Self.leafLifetime) {
    self.path = path
    self.leafLifetime = leafLifetime
  }

  /// The path of the authority's certificate, which peers trust.
  public var authorityPath: String { "\(path)/ca.pem" }
  /// The path of a certificate: a service's, or ``edgeName``.
  public func certificatePath(of name: String) -> String { "\(path)/\(name).pem" }
  /// The path of a certificate's key.
  public func privateKeyPath(of name: String) -> String { "\(path)/\(name).key" }

  /// Makes what is missing or due: the folder, the authority, a certificate for each service and the edge.
  ///
  /// A new authority replaces all certificates of the old one: whoever runs must be started again.
  ///
  /// - Returns: the names of the certificates issued, `ca` among them; empty if all were good.
  @discardableResult
  public func prepare(
    services: [String], renewing renewal: Renewal = .due, now: Date = Date()
  ) throws(CertificateError) -> [String] {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CertificateError.fileFailed(path: path, error.localizedDescription)
    }
    return try files.whileLocked { () throws(CertificateError) in
      if let authority = existingAuthority(),
        authority.validUntil > now.addingTimeInterval(Self.authorityMargin)
      {
        return try issue(services, by: authority, [:], renewing: renewal, now: now)
      }
      let authority = try CertificateAuthority(
        commonName: "Alphintra development authority", validFrom: now,
        validUntil: now.addingTimeInterval(Self.authorityLifetime))
      let own = ["ca.key": try authority.privateKeyPEM(), "ca.pem": try authority.certificatePEM()]
      return try ["ca"] + issue(services, by: authority, own, renewing: .all, now: now)
    }
  }

  /// Issues anew what is due while the services run: the authority stays.
  ///
  /// - Returns: the names of the certificates issued.
  /// - Throws: ``CertificateError/authorityEnds(_:path:)`` when it could not outlive the certificates.
  public func renew(
    services: [String], now: Date = Date()
  ) throws(CertificateError) -> [String] {
    try files.whileLocked { () throws(CertificateError) in
      guard let authority = existingAuthority() else {
        throw CertificateError.unreadable("authority", authorityPath)
      }
      guard authority.validUntil > now.addingTimeInterval(leafLifetime) else {
        throw CertificateError.authorityEnds(authority.validUntil, path: authorityPath)
      }
      return try issue(services, by: authority, [:], renewing: .due, now: now)
    }
  }

  /// What is known of each certificate in the folder, in the order of their names.
  public func certificates(now: Date = Date()) -> [CertificateDescription] {
    let authority = text(of: authorityPath)
    return files.names().filter { $0.hasSuffix(".pem") }.map { file in
      let name = String(file.dropLast(".pem".count))
      return CertificateDescription(
        name: name, path: "\(path)/\(file)", certificatePEM: files.text(of: file),
        privateKeyPEM: files.text(of: "\(name).key"), authorityPEM: authority, now: now)
    }
  }

  /// Issues what is to be issued, and stores it with the other files in one step.
  private func issue(
    _ services: [String], by authority: CertificateAuthority, _ others: [String: String],
    renewing renewal: Renewal, now: Date
  ) throws(CertificateError) -> [String] {
    let end = min(now.addingTimeInterval(leafLifetime), authority.validUntil)
    let requests =
      services.map {
        (name: $0, CertificateRequest.service(named: $0, validFrom: now, validUntil: end))
      } + [(name: Self.edgeName, CertificateRequest.edge(validFrom: now, validUntil: end))]
    var (issued, contents) = ([String](), others)
    for (name, request) in requests
    where renewal == .all || !isGood(name, from: authority, now: now) {
      let certificate = try authority.issue(request)
      contents["\(name).pem"] = certificate.certificatePEM
      contents["\(name).key"] = certificate.privateKeyPEM
      issued.append(name)
    }
    if !contents.isEmpty { try files.replace(contents) }
    return issued
  }

  private func existingAuthority() -> CertificateAuthority? {
    guard let certificate = text(of: authorityPath), let key = text(of: privateKeyPath(of: "ca"))
    else { return nil }
    return try? CertificateAuthority(certificatePEM: certificate, privateKeyPEM: key)
  }

  private func isGood(_ name: String, from authority: CertificateAuthority, now: Date) -> Bool {
    guard let pem = text(of: certificatePath(of: name)), authority.issued(certificatePEM: pem),
      let certificate = try? Certificate(pemEncoded: pem),
      let keyPEM = text(of: privateKeyPath(of: name)),
      let key = try? Certificate.PrivateKey(pemEncoded: keyPEM)
    else { return false }
    let remaining = certificate.notValidAfter.timeIntervalSince(now)
    // To the second, as certificates state it.
    return certificate.publicKey == key.publicKey && certificate.notValidBefore <= now
      && remaining > leafLifetime / 2 && remaining <= leafLifetime + 1
  }

  private func text(of path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}
