import Certificates
import Core
import Foundation
import TLS
import TestSupport
import Testing

@Suite struct TLSCredentialSourceTests {
  let certificates: TestCertificates
  let trading: TestIdentity
  let folder: TemporaryFolder
  private let clock = SystemClock()

  init() throws {
    certificates = try TestCertificates()
    trading = try TestIdentity(certificates, service: "trading")
    folder = try TemporaryFolder()
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  /// A source whose file of authorities is the test's to change.
  private func source() throws -> (TLSCredentialSource, authorities: String) {
    let path = try folder.write("ca.pem", text(certificates.authorityPath))
    return (
      try TLSCredentialSource(.init(identity: trading.paths, trustedAuthoritiesPath: path)), path
    )
  }

  @Test func filesThatStayAreNotReadAgain() throws {
    let (source, _) = try source()
    let before = source.current
    let refresh = source.refresh(now: clock.now)
    #expect(!refresh.hasChanged && refresh.failures.isEmpty)
    #expect(source.current === before)
    #expect(source.refresh(rereading: true, now: clock.now).hasChanged)
    #expect(source.current !== before)
  }

  @Test func newCertificateIsTakenWithItsKey() throws {
    let (source, _) = try source()
    let before = try #require(source.current.certificate)
    try trading.rotate()
    #expect(source.refresh(now: clock.now).hasChanged)
    let after = try #require(source.current.certificate)
    #expect(after.serialNumber != before.serialNumber)
    #expect(after.fingerprint != before.fingerprint)
    #expect(after.uris == ["spiffe://alphintra/service/trading"])
    #expect(after.validUntil > clock.now)
    #expect(source.current.trustedAuthorities.count == 1)
  }

  @Test func certificateBesideAnotherKeyWaitsForItsOwn() throws {
    let (source, _) = try source()
    let before = source.current
    let old = try text(trading.paths.privateKeyPath)
    try trading.rotate()
    let new = try text(trading.paths.privateKeyPath)
    try old.write(toFile: trading.paths.privateKeyPath, atomically: true, encoding: .utf8)
    // However often it is looked at.
    for _ in 0..<3 {
      let refresh = source.refresh(now: clock.now)
      #expect(!refresh.hasChanged)
      #expect(refresh.failures.count == 1)
      let reason = try #require(refresh.failures.first?.reason)
      #expect(reason.hasPrefix("private key does not belong to"))
      #expect(reason.contains(trading.paths.privateKeyPath))
      #expect(source.current === before)
    }
    try new.write(toFile: trading.paths.privateKeyPath, atomically: true, encoding: .utf8)
    let refresh = source.refresh(now: clock.now)
    #expect(refresh.hasChanged && refresh.failures.isEmpty)
  }

  @Test(arguments: ["", "not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA"])
  func damagedFileKeepsTheOldOne(contents: String) throws {
    let (source, authorities) = try source()
    for path in [trading.paths.certificateChainPath, authorities] {
      let before = source.current
      let good = try text(path)
      try contents.write(toFile: path, atomically: true, encoding: .utf8)
      let refresh = source.refresh(now: clock.now)
      #expect(!refresh.hasChanged)
      #expect(refresh.failures.map(\.code) == [.invalidConfiguration])
      #expect(refresh.failures.first?.reason.contains(path) == true)
      #expect(source.current === before)
      // Damage behind what is good counts, too.
      try (good + contents).write(toFile: path, atomically: true, encoding: .utf8)
      #expect(source.refresh(now: clock.now).failures.isEmpty != contents.contains("BEGIN"))
      try good.write(toFile: path, atomically: true, encoding: .utf8)
      _ = source.refresh(now: clock.now)
    }
  }

  @Test func fileThatIsGoneKeepsTheOldOne() throws {
    let (source, authorities) = try source()
    let before = source.current
    try FileManager.default.removeItem(atPath: authorities)
    let refresh = source.refresh(now: clock.now)
    #expect(refresh.failures.first?.reason.hasPrefix("trusted authorities \(authorities)") == true)
    #expect(source.current === before)
  }

  @Test func certificateThatNobodyWouldAcceptIsNotTaken() throws {
    let (source, _) = try source()
    let before = source.current
    try trading.rotate(from: -7200, until: -3600)
    #expect(source.refresh(now: clock.now).failures.count == 1)
    try trading.rotate(from: 1200)
    let early = source.refresh(now: clock.now)
    #expect(early.failures.first?.reason.contains("valid from") == true)
    #expect(source.current === before)
    // Its time comes without the file being touched.
    #expect(source.refresh(now: clock.now + .seconds(1210)).hasChanged)
  }

  @Test func badIdentityDoesNotHoldUpAuthorities() throws {
    let (source, authorities) = try source()
    try "".write(
      toFile: trading.paths.privateKeyPath, atomically: true, encoding: .utf8)
    try (text(authorities) + text(certificates.strangerAuthorityPath))
      .write(toFile: authorities, atomically: true, encoding: .utf8)
    let refresh = source.refresh(now: clock.now)
    #expect(refresh.hasChanged)
    #expect(refresh.failures.count == 1)
    #expect(source.current.trustedAuthorities.count == 2)
    #expect(source.current.certificate?.uris == ["spiffe://alphintra/service/trading"])
  }

  @Test func folderSwappedByALinkIsNoticed() throws {
    // As Kubernetes mounts secrets: the file is a link into a folder that is a link.
    let manager = FileManager.default
    for (version, path) in [
      ("1", certificates.authorityPath), ("2", certificates.strangerAuthorityPath),
    ] {
      try manager.createDirectory(
        atPath: "\(folder.path)/\(version)", withIntermediateDirectories: false)
      _ = try folder.write("\(version)/ca.pem", text(path))
    }
    let link = "\(folder.path)/data"
    try manager.createSymbolicLink(atPath: link, withDestinationPath: "1")
    try manager.createSymbolicLink(
      atPath: "\(folder.path)/ca.pem", withDestinationPath: "data/ca.pem")
    let source = try TLSCredentialSource(
      .init(identity: nil, trustedAuthoritiesPath: "\(folder.path)/ca.pem"))
    let before = source.current.trustedAuthorities
    try manager.createSymbolicLink(atPath: "\(link).new", withDestinationPath: "2")
    #expect(rename("\(link).new", link) == 0)
    #expect(source.refresh(now: clock.now).hasChanged)
    #expect(source.current.trustedAuthorities != before)
  }

  @Test func observersHearOfChangesUntilTheyLeave() async throws {
    let (source, _) = try source()
    let heard = AsyncStream.makeStream(of: String?.self)
    var observation: TLSCredentialSource.Observation? = source.observe {
      heard.continuation.yield($0.certificate?.serialNumber)
    }
    _ = source.refresh(now: clock.now)
    try trading.rotate()
    _ = source.refresh(now: clock.now)
    let serialNumber = source.current.certificate?.serialNumber
    withExtendedLifetime(observation) {}
    observation = nil
    try trading.rotate()
    _ = source.refresh(now: clock.now)
    heard.continuation.finish()
    // Of the one change between the two.
    #expect(await heard.stream.reduce(into: []) { $0.append($1) } == [serialNumber])
  }

  @Test func encryptedKeyIsRefusedWithoutAskingForItsPassword() throws {
    // openssl genpkey -algorithm ed25519 -aes256 -pass pass:secret
    let encrypted = try folder.write(
      "encrypted.key",
      """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgF8PZJf2upyAICCAAw
      DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENpZ6R4+lv4w/ID35shF1RAEQIY9
      O7Ni9lnaTcN5rg+ohCjW+qPtjUzF3MpHKlkER1v2INAFBxQEa5jIlJdm3IE/1Rm7
      u5de7SurL3MTFF/qYto=
      -----END ENCRYPTED PRIVATE KEY-----
      """)
    let error = #expect(throws: TLSError.self) {
      try TLSCredentials(
        reading: .init(
          identity: .init(
            certificateChainPath: trading.paths.certificateChainPath, privateKeyPath: encrypted),
          trustedAuthoritiesPath: nil))
    }
    #expect(error?.reason.hasPrefix("private key \(encrypted): ") == true)
  }

  @Test func denyListIsReadLikeTheOthersAndHoldsUpNone() throws {
    let list = try folder.write("denied", "# nobody yet\n")
    let source = try TLSCredentialSource(
      .init(
        identity: trading.paths, trustedAuthoritiesPath: certificates.authorityPath,
        denyListPath: list))
    let certificate = try #require(source.current.certificate)
    #expect(source.current.denyList.count == 0)
    try "serial:\(certificate.serialNumber)".write(
      toFile: list, atomically: true, encoding: .utf8)
    #expect(source.refresh(now: clock.now).hasChanged)
    #expect(source.current.denyList.entry(denying: certificate) != nil)
    // A damaged list keeps the old one, and a new certificate is taken beside it.
    try "nonsense".write(toFile: list, atomically: true, encoding: .utf8)
    try trading.rotate()
    let refresh = source.refresh(now: clock.now)
    #expect(refresh.hasChanged)
    #expect(refresh.failures.count == 1)
    #expect(refresh.failures.first?.reason.hasPrefix("deny-list \(list): line 1 must be") == true)
    #expect(source.current.denyList.entry(denying: certificate) != nil)
    #expect(source.current.certificate != certificate)
    // And a damaged key does not keep anybody off the list.
    try "".write(toFile: trading.paths.privateKeyPath, atomically: true, encoding: .utf8)
    try "spiffe://alphintra/service/trading".write(
      toFile: list, atomically: true, encoding: .utf8)
    #expect(source.refresh(now: clock.now).hasChanged)
    #expect(
      source.current.denyList.entry(denying: certificate) == "spiffe://alphintra/service/trading")
  }

  @Test func denyListBeyondItsLimitIsRefused() throws {
    let list = try folder.write(
      "denied", String(repeating: "#", count: PeerDenyList.maximumBytes + 1))
    let files = TLSCredentials.Files(
      identity: nil, trustedAuthoritiesPath: certificates.authorityPath, denyListPath: list)
    let error = #expect(throws: TLSError.self) { try TLSCredentials(reading: files) }
    #expect(error?.reason == "deny-list \(list): longer than 1048576 bytes")
    try String(repeating: "#", count: PeerDenyList.maximumBytes).write(
      toFile: list, atomically: true, encoding: .utf8)
    #expect(try TLSCredentials(reading: files).denyList.count == 0)
  }

  // MARK: - What a change means for connections

  private func server(_ source: TLSContextSource) throws -> TLSSession {
    try TLSSession(source.current())
  }

  @Test func newConnectionsSeeTheNewCertificateAndOpenOnesGoOn() throws {
    let source = try TLSContextSource(
      .server(
        identity: trading.paths,
        clientAuthentication: .required(trustedAuthoritiesPath: certificates.authorityPath),
        applicationProtocols: ["h2"]))
    let client = try TLSContext(certificates.meshClient("gateway", calling: "trading"))
    let before = SessionPair(client: try TLSSession(client), server: try server(source))
    #expect(try before.handshake().client == nil)
    try trading.rotate()
    #expect(source.credentials.refresh(now: clock.now).hasChanged)
    let after = SessionPair(client: try TLSSession(client), server: try server(source))
    #expect(try after.handshake().client == nil)
    #expect(
      before.client.peerCertificate?.serialNumber != after.client.peerCertificate?.serialNumber)
    #expect(
      after.client.peerCertificate?.serialNumber
        == source.credentials.current.certificate?.serialNumber)
    let text = Array("still here".utf8)
    #expect(try SessionPair.send(text, from: before.client, to: before.server) == text)
    // Nothing changed: the context is not made again.
    #expect(try source.current() === source.current())
  }

  @Test func oldAndNewAuthoritiesAreBelievedTogetherAndThenTheNewAlone() throws {
    let (credentials, authorities) = try source()
    let source = try TLSContextSource(
      .server(
        identity: trading.paths,
        clientAuthentication: .required(trustedAuthoritiesPath: authorities),
        applicationProtocols: ["h2"]), credentials)
    let oldClient = try TLSContext(certificates.meshClient("gateway", calling: "trading"))
    var strange = try certificates.meshClient("gateway", calling: "trading")
    strange.role = .client(
      try certificates.strangersService("gateway"),
      trustedAuthoritiesPath: certificates.authorityPath,
      expecting: .init(spiffeID: "spiffe://alphintra/service/trading"))
    let newClient = try TLSContext(strange)
    func isAccepted(_ client: TLSContext) throws -> Bool {
      let outcome = try SessionPair(client: TLSSession(client), server: server(source)).handshake()
      return outcome.server == nil && outcome.client == nil
    }
    #expect(try isAccepted(oldClient) && !isAccepted(newClient))
    let (old, new) = (
      try text(certificates.authorityPath), try text(certificates.strangerAuthorityPath)
    )
    for (bundle, takesOld) in [(old + new, true), (new + old, true), (new, false)] {
      try bundle.write(toFile: authorities, atomically: true, encoding: .utf8)
      #expect(credentials.refresh(now: clock.now).hasChanged)
      #expect(try isAccepted(newClient))
      #expect(try isAccepted(oldClient) == takesOld)
    }
  }
}
