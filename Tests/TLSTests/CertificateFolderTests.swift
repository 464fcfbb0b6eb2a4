import Certificates
import Foundation
import TLS
import Testing

@Suite final class CertificateFolderTests {
  let folder: CertificateFolder

  init() {
    folder = CertificateFolder(
      path: FileManager.default.temporaryDirectory
        .appendingPathComponent("alphintra-certificates-\(UUID().uuidString)").path)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder.path) }

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private func identity(_ name: String) -> TLSConfiguration.Identity {
    .init(
      certificateChainPath: folder.certificatePath(of: name),
      privateKeyPath: folder.privateKeyPath(of: name))
  }

  @Test func preparedServicesCanTalk() throws {
    #expect(
      try folder.prepare(services: ["gateway", "trading"]) == ["ca", "gateway", "trading", "edge"])
    let pair = try SessionPair(
      client: .client(
        identity: identity("gateway"), trustedAuthoritiesPath: folder.authorityPath,
        expecting: .init(spiffeID: "spiffe://alphintra/service/trading", host: "localhost"),
        applicationProtocols: ["h2"]),
      server: .server(
        identity: identity("trading"),
        clientAuthentication: .required(trustedAuthoritiesPath: folder.authorityPath),
        applicationProtocols: ["h2"]))
    let outcome = try pair.handshake()
    #expect(outcome.client == nil)
    #expect(outcome.server == nil)
  }

  @Test func edgeIsKnownByItsNameAndHasNoIdentityInTheMesh() throws {
    try folder.prepare(services: [])
    let pair = try SessionPair(
      client: .client(
        identity: nil, trustedAuthoritiesPath: folder.authorityPath,
        expecting: .init(host: "localhost"), applicationProtocols: ["http/1.1"]),
      server: .server(
        identity: identity("edge"), clientAuthentication: .none,
        applicationProtocols: ["http/1.1"]))
    #expect(try pair.handshake().client == nil)
    #expect(pair.client.peerCertificate?.uris == [])
  }

  @Test func onlyTheOwnerMayRead() throws {
    try folder.prepare(services: ["auth"])
    #expect(try mode(folder.path) == 0o700)
    for name in ["ca.pem", "ca.key", "auth.pem", "auth.key", "edge.pem", "edge.key"] {
      #expect(try mode("\(folder.path)/\(name)") == 0o600, "\(name)")
    }
  }

  @Test func whatIsGoodIsKept() throws {
    try folder.prepare(services: ["auth"])
    let before = try text(folder.certificatePath(of: "auth"))
    #expect(try folder.prepare(services: ["auth", "trading"]) == ["trading"])
    #expect(try folder.prepare(services: ["auth", "trading"]) == [])
    #expect(try text(folder.certificatePath(of: "auth")) == before)
  }

  @Test func leavesAreRenewedBeforeTheyEnd() throws {
    try folder.prepare(services: ["auth"])
    let lifetime = CertificateFolder.leafLifetime
    let almost = Date(timeIntervalSinceNow: lifetime - CertificateFolder.renewalMargin - 60)
    #expect(try folder.prepare(services: ["auth"], now: almost) == [])
    #expect(
      try folder.prepare(services: ["auth"], now: almost.addingTimeInterval(120))
        == ["auth", "edge"])
  }

  @Test func newAuthorityReplacesAllItsLeaves() throws {
    try folder.prepare(services: ["auth"])
    try FileManager.default.removeItem(atPath: folder.privateKeyPath(of: "ca"))
    #expect(try folder.prepare(services: ["auth"]) == ["ca", "auth", "edge"])
  }

  @Test func damagedFileIsReplaced() throws {
    try folder.prepare(services: ["auth"])
    try "not a key".write(
      toFile: folder.privateKeyPath(of: "auth"), atomically: true, encoding: .utf8)
    #expect(try folder.prepare(services: ["auth"]) == ["auth"])
  }

  @Test func folderThatCannotBeMadeIsNamed() {
    let impossible = CertificateFolder(path: "/dev/null/certificates")
    let error = #expect(throws: CertificateError.self) { try impossible.prepare(services: []) }
    guard case .fileFailed(path: "/dev/null/certificates", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
