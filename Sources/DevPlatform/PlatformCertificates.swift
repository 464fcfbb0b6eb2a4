public import Certificates
import CryptoExtras
import Foundation

/// The keys of a platform on one machine: a certificate folder, and the key that signs tokens.
public struct PlatformCertificates: Sendable {
  /// Who has a certificate in the mesh.
  public static let members = ["auth", "marketdata", "trading", "gateway"]
  /// The size of the key that signs tokens; RFC 7518 section 3.3 asks for 2048 bits or more.
  static let signingKeySize = _RSA.Signing.KeySize.bits2048

  /// The certificates.
  public let folder: CertificateFolder

  /// Names a folder; nothing is read or written yet.
  public init(folder: String) { self.folder = CertificateFolder(path: folder) }

  /// The private key that signs access tokens, in PEM.
  public var signingKeyPath: String { "\(folder.path)/auth-signing.key" }

  /// Makes what is missing.
  ///
  /// - Returns: the names of what was made; empty if all was good.
  /// - Throws: ``CertificateError``.
  @discardableResult
  public func prepare() throws -> [String] {
    var made = try folder.prepare(services: Self.members)
    if !isSigningKeyGood {
      let key: _RSA.Signing.PrivateKey
      do {
        key = try _RSA.Signing.PrivateKey(keySize: Self.signingKeySize)
      } catch {
        throw CertificateError.notIssued(name: "auth-signing", "\(error)")
      }
      try PrivateFile.write(key.pemRepresentation, to: signingKeyPath)
      made.append("auth-signing")
    }
    return made
  }

  private var isSigningKeyGood: Bool {
    guard let pem = try? String(contentsOfFile: signingKeyPath, encoding: .utf8),
      let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem)
    else { return false }
    return key.keySizeInBits >= Self.signingKeySize.bitCount
  }
}
