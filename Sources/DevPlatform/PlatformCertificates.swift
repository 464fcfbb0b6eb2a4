public import Certificates
import CryptoExtras
public import Foundation

/// The keys of a platform on one machine: a certificate folder, and the key that signs tokens.
public struct PlatformCertificates: Sendable {
  /// Who has a certificate in the mesh.
  public static let members = [
    "asset", "auth", "broker", "exchange", "marketdata", "trading", "gateway",
  ]
  /// The size of the key that signs tokens; RFC 7518 section 3.3 asks for 2048 bits or more.
  static let signingKeySize = _RSA.Signing.KeySize.bits2048
  /// How often it is looked for certificates that are due, unless they live for a shorter time.
  static let rotationInterval: Duration = .seconds(60)

  /// The certificates.
  public let folder: CertificateFolder

  /// Names a folder; nothing is read or written yet.
  ///
  /// - Parameter lifetime: how long new certificates last, in seconds.
  public init(folder: String, lifetime: TimeInterval = CertificateFolder.leafLifetime) {
    self.folder = CertificateFolder(path: folder, leafLifetime: lifetime)
  }

  /// The private key that signs access tokens, in PEM.
  public var signingKeyPath: String { "\(folder.path)/auth-signing.key" }

  /// Makes what is missing or due.
  ///
  /// - Returns: the names of what was made; empty if all was good.
  /// - Throws: ``CertificateError``.
  @discardableResult
  public func prepare(renewing renewal: CertificateFolder.Renewal = .due) throws -> [String] {
    var made = try folder.prepare(services: Self.members, renewing: renewal)
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

  /// Issues certificates anew before they end, until the task is cancelled.
  ///
  /// - Parameter report: told what was issued, and once of each reason why it could not be.
  public func rotate(_ report: @Sendable (String) -> Void) async {
    let interval = min(Self.rotationInterval, .seconds(folder.leafLifetime / 10))
    var failure: String?
    while (try? await Task.sleep(for: interval)) != nil {
      do throws(CertificateError) {
        let names = try folder.renew(services: Self.members)
        failure = nil
        if !names.isEmpty { report("certificates issued anew: \(names.joined(separator: ", "))") }
      } catch {
        if failure != "\(error)" { report("certificates cannot be issued anew: \(error)") }
        failure = "\(error)"
      }
    }
  }

  private var isSigningKeyGood: Bool {
    guard let pem = try? String(contentsOfFile: signingKeyPath, encoding: .utf8),
      let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem)
    else { return false }
    return key.keySizeInBits >= Self.signingKeySize.bitCount
  }
}
