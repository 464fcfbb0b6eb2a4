import Certificates
import Core
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
    let file = URL(filePath: path).resolvingSymlinksInPath().path
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
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

  @Test func leavesLastADayAndAreRenewedAtTheHalfOfIt() throws {
    let now = Date()
    try folder.prepare(services: ["auth"], now: now)
    let first = try #require(folder.certificates().first { $0.name == "auth" })
    let end = try #require(first.validUntil)
    #expect(abs(end.timeIntervalSince(now) - 24 * 3600) <= 1)
    let almost = now.addingTimeInterval(12 * 3600 - 60)
    #expect(try folder.prepare(services: ["auth"], now: almost) == [])
    #expect(try folder.renew(services: ["auth"], now: almost) == [])
    let later = almost.addingTimeInterval(120)
    #expect(try folder.renew(services: ["auth"], now: later) == ["auth", "edge"])
    #expect(try folder.renew(services: ["auth"], now: later) == [])
  }

  @Test func leavesThatLastTooLongAreReplaced() throws {
    try CertificateFolder(path: folder.path, leafLifetime: 30 * 24 * 3600).prepare(services: [])
    #expect(try folder.prepare(services: []) == ["edge"])
  }

  @Test func allAreRenewedOnDemandAndTheAuthorityStays() throws {
    try folder.prepare(services: ["auth"])
    let authority = try text(folder.authorityPath)
    let before = try text(folder.certificatePath(of: "auth"))
    #expect(try folder.prepare(services: ["auth"], renewing: .all) == ["auth", "edge"])
    #expect(try text(folder.certificatePath(of: "auth")) != before)
    #expect(try text(folder.authorityPath) == authority)
  }

  @Test func anAuthorityNearItsEndIsNotReplacedWhileServicesRun() throws {
    try folder.prepare(services: ["auth"])
    let late = Date(timeIntervalSinceNow: CertificateFolder.authorityLifetime - 3600)
    let error = #expect(throws: CertificateError.self) {
      try folder.renew(services: ["auth"], now: late)
    }
    guard case .authorityEnds(_, path: folder.authorityPath) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // Before a start it is, with all it issued.
    #expect(try folder.prepare(services: ["auth"], now: late) == ["ca", "auth", "edge"])
  }

  @Test func aReaderNeverFindsACertificateBesideAnotherKeyForLong() async throws {
    try folder.prepare(services: ["auth"])
    let source = try TLSCredentialSource(
      .init(identity: identity("auth"), trustedAuthoritiesPath: folder.authorityPath))
    let path = folder.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for _ in 0..<50 {
          try CertificateFolder(path: path).prepare(services: ["auth"], renewing: .all)
        }
      }
      group.addTask {
        // Looks at whatever moment it is: files that belong together are found together.
        for _ in 0..<2_000 {
          #expect(source.refresh(now: SystemClock().now).failures.isEmpty)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func filesAreLinksIntoOneVersionAndOldOnesAreGone() throws {
    let manager = FileManager.default
    // As folders of certificates were before.
    try manager.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try "old".write(
      toFile: folder.certificatePath(of: "auth"), atomically: true, encoding: .utf8)
    for _ in 0..<3 { try folder.prepare(services: ["auth"], renewing: .all) }
    let names = try manager.contentsOfDirectory(atPath: folder.path)
    #expect(names.filter { $0.hasPrefix("..version-") }.count == 1)
    #expect(
      Set(names.filter { !$0.hasPrefix("..") })
        == ["ca.pem", "ca.key", "auth.pem", "auth.key", "edge.pem", "edge.key"])
    for name in names where !name.hasPrefix("..") {
      #expect(
        try manager.destinationOfSymbolicLink(atPath: "\(folder.path)/\(name)")
          == "..data/\(name)")
    }
  }

  @Test func certificatesAreDescribed() throws {
    try folder.prepare(services: ["trading"])
    let all = folder.certificates()
    #expect(all.map(\.name) == ["ca", "edge", "trading"])
    #expect(all.allSatisfy { $0.problem == nil })
    #expect(all[0].usages == ["authority"])
    #expect(all[1].usages == ["server"])
    let trading = all[2]
    #expect(trading.usages == ["server", "client"])
    #expect(
      trading.subjectAlternativeNames == [
        "URI:spiffe://alphintra/service/trading", "DNS:localhost", "DNS:trading", "IP:127.0.0.1",
      ])
    #expect(trading.subject.contains("trading"))
    let certificate = try #require(
      try TLSCredentials(
        reading: .init(identity: identity("trading"), trustedAuthoritiesPath: nil)
      ).certificate)
    #expect(trading.serialNumber == certificate.serialNumber)

    let later = Date(timeIntervalSinceNow: 2 * 24 * 3600)
    #expect(
      folder.certificates(now: later).map(\.problem) == [nil, "it has ended", "it has ended"])
    try FileManager.default.removeItem(atPath: folder.privateKeyPath(of: "edge"))
    try FileManager.default.copyItem(
      atPath: folder.privateKeyPath(of: "ca"), toPath: folder.privateKeyPath(of: "edge"))
    try "nonsense".write(
      toFile: folder.certificatePath(of: "trading"), atomically: true, encoding: .utf8)
    #expect(
      folder.certificates().map(\.problem) == [
        nil, "its key is another's", "\(folder.certificatePath(of: "trading")) is no certificate",
      ])
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
