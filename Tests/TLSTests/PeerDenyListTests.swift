import TLS
import TestSupport
import Testing

@Suite struct PeerDenyListTests {
  let certificates: TestCertificates

  init() throws { certificates = try TestCertificates() }

  private func certificate(of name: String) throws -> TLSCertificate {
    try #require(
      try TLSCredentials(
        reading: .init(identity: certificates.service(name), trustedAuthoritiesPath: nil)
      ).certificate)
  }

  private func colons(_ digits: String) -> String {
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, index.isMultiple(of: 2) { text += ":" }
      text.append(digit)
    }
    return text
  }

  @Test func aServiceIsDeniedWithEachOfItsCertificates() throws {
    let list = try PeerDenyList("spiffe://alphintra/service/trading")
    #expect(list.count == 1)
    for _ in 0..<2 {
      #expect(
        list.entry(denying: try certificate(of: "trading"))
          == "spiffe://alphintra/service/trading")
    }
    #expect(list.entry(denying: try certificate(of: "tradin")) == nil)
    #expect(list.entry(denying: try certificate(of: "trading2")) == nil)
  }

  @Test func oneCertificateIsDeniedInAnySpelling() throws {
    let (one, other) = (try certificate(of: "trading"), try certificate(of: "trading"))
    let (serial, print) = (one.serialNumber, one.fingerprint)
    #expect(print.count == 64)
    for entry in [
      "serial:\(serial)", "serial:\(serial.lowercased())", "serial:\(colons(serial))",
      "serial: 00:\(colons(serial))", "sha256:\(print)", "sha256:\(colons(print.lowercased()))",
      "  sha256: \(print)   # stolen on Monday",
    ] {
      let list = try PeerDenyList("# nobody\n\n\(entry)\n")
      #expect(list.count == 1, "\(entry)")
      #expect(list.entry(denying: one) != nil, "\(entry)")
      #expect(list.entry(denying: other) == nil, "\(entry)")
    }
  }

  @Test(arguments: ["", "\n\n", "# a word\n  # another\r\n"])
  func anEmptyListDeniesNobody(text: String) throws {
    let list = try PeerDenyList(text)
    #expect(list.count == 0)
    #expect(list.entry(denying: try certificate(of: "trading")) == nil)
  }

  @Test(arguments: [
    "trading", "spiffe://", "SPIFFE://alphintra/service/trading", "serial:", "serial:xyz",
    "serial:12 g4", "sha256:12", "sha256:", "sha1:9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B",
  ])
  func whatIsNoEntryIsNamedWithItsLine(entry: String) {
    let error = #expect(throws: TLSError.self) { try PeerDenyList("# one\n\n\(entry)\n# two") }
    #expect(error?.code == .invalidConfiguration)
    #expect(error?.reason.hasPrefix("line 3 must be spiffe://…, serial:") == true)
    #expect(error?.reason.hasSuffix("not \"\(entry)\"") == true)
  }

  // MARK: - In the handshake

  private func pair(denying entry: String, onServer: Bool) throws -> SessionPair {
    let list = try PeerDenyListFile(entry)
    let configurations = (
      client: try certificates.meshClient("gateway", calling: "trading"),
      server: try certificates.meshServer("trading")
    )
    func context(_ configuration: TLSConfiguration, denies: Bool) throws -> TLSContext {
      var files = configuration.files
      files.denyListPath = denies ? list.path : nil
      return try TLSContext(configuration, TLSCredentials(reading: files))
    }
    return SessionPair(
      client: try TLSSession(context(configurations.client, denies: !onServer)),
      server: try TLSSession(context(configurations.server, denies: onServer)))
  }

  /// A list in a file, for the length of a test.
  private struct PeerDenyListFile {
    let folder: TemporaryFolder
    let path: String

    init(_ text: String) throws {
      folder = try TemporaryFolder()
      path = try folder.write("denied", text)
    }
  }

  @Test func aServerTellsTheDeniedClient() throws {
    let outcome = try pair(denying: "spiffe://alphintra/service/gateway", onServer: true)
      .handshake()
    #expect(outcome.server?.code == .peerDenied)
    #expect(
      outcome.server?.reason.hasPrefix(
        "the deny-list names spiffe://alphintra/service/gateway: spiffe://alphintra/service/gateway"
      ) == true)
    #expect(outcome.client?.code == .alertReceived(.certificateRevoked))
  }

  @Test func aClientTellsADeniedServerNothingAboutItself() throws {
    let pair = try pair(denying: "spiffe://alphintra/service/trading", onServer: false)
    let outcome = try pair.handshake()
    #expect(outcome.client?.code == .peerDenied)
    #expect(outcome.server?.code == .alertReceived(.certificateRevoked))
    #expect(pair.server.peerCertificate == nil)
  }

  @Test func othersAreNotDenied() throws {
    for onServer in [true, false] {
      let outcome = try pair(denying: "spiffe://alphintra/service/auth", onServer: onServer)
        .handshake()
      #expect(outcome.client == nil && outcome.server == nil)
    }
  }
}
