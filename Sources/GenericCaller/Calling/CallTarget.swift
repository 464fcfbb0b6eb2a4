public import Certificates
import Foundation
public import Mesh
import TLS

/// Whom a call goes to, and whose certificate it shows.
public struct CallTarget: Sendable {
  /// The folder of certificates.
  public var certificates: CertificateFolder
  /// The service whose certificate is shown.
  public var caller: String
  /// The service that must answer.
  public var service: String
  /// Where it is.
  public var directory: ServiceDirectory

  /// Names everything.
  public init(
    certificates: CertificateFolder, caller: String, service: String, directory: ServiceDirectory
  ) {
    self.certificates = certificates
    self.caller = caller
    self.service = service
    self.directory = directory
  }

  /// A channel to the service; nothing is connected yet.
  ///
  /// - Throws: ``CallFailure/usage(_:)`` for a name that no service can have,
  ///   ``CallFailure/certificates(_:)`` for files that cannot be read.
  public func channel() throws(CallFailure) -> MeshChannel {
    for (flag, name) in [("--as", caller), ("--service", service)]
    where (try? SPIFFEID("spiffe://\(AccessGuard.trustDomain)/service/\(name)"))?.serviceName
      != name
    {
      throw .usage("\(flag) takes the name of a service, got \"\(name)\"")
    }
    let files = [
      certificates.authorityPath, certificates.certificatePath(of: caller),
      certificates.privateKeyPath(of: caller),
    ]
    for file in files where !FileManager.default.isReadableFile(atPath: file) {
      let problem = FileManager.default.fileExists(atPath: file) ? "cannot be read" : "is not there"
      throw .certificates("\(file) \(problem)\(others)")
    }
    return MeshChannel(
      to: service, in: directory,
      MeshChannel.Configuration(
        identity: .init(
          certificateChainPath: certificates.certificatePath(of: caller),
          privateKeyPath: certificates.privateKeyPath(of: caller)),
        trustedAuthoritiesPath: certificates.authorityPath))
  }

  /// Whose certificates there are.
  private var others: String {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: certificates.path)) ?? []
    let names = files.filter { $0.hasSuffix(".pem") && $0 != "ca.pem" }
      .map { $0.dropLast(".pem".count) }.sorted()
    return names.isEmpty ? "" : "; the folder has \(names.joined(separator: ", "))"
  }
}
