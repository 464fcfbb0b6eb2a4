import CryptoExtras
import DevPlatform
import Foundation
import TestSupport
import Testing

/// The keys of a platform on one machine.
@Suite struct PlatformCertificatesTests {
  @Test func makesAllOnceAndKeepsThem() throws {
    let folder = try TemporaryFolder()
    let certificates = PlatformCertificates(folder: "\(folder.path)/certificates")
    let made = try certificates.prepare()
    #expect(
      Set(made) == [
        "ca", "asset", "auth", "broker", "exchange", "marketdata", "trading", "gateway", "edge",
        "auth-signing",
      ])
    let key = try String(contentsOfFile: certificates.signingKeyPath, encoding: .utf8)
    #expect(try certificates.prepare() == [])
    #expect(try String(contentsOfFile: certificates.signingKeyPath, encoding: .utf8) == key)
  }

  @Test func theSigningKeyIsLongEnoughAndPrivate() throws {
    let folder = try TemporaryFolder()
    let certificates = PlatformCertificates(folder: folder.path)
    try certificates.prepare()
    let pem = try String(contentsOfFile: certificates.signingKeyPath, encoding: .utf8)
    #expect(try _RSA.Signing.PrivateKey(pemRepresentation: pem).keySizeInBits >= 2048)
    let attributes = try FileManager.default.attributesOfItem(atPath: certificates.signingKeyPath)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func replacesAKeyThatIsNone() throws {
    let folder = try TemporaryFolder()
    let certificates = PlatformCertificates(folder: folder.path)
    try certificates.prepare()
    _ = try folder.write("auth-signing.key", "not a key")
    #expect(try certificates.prepare() == ["auth-signing"])
  }
}
