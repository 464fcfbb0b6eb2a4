import Certificates
import Foundation
import TLS
import TestSupport
import Testing

@Suite struct PeerAuthenticationTests {
  let certificates: TestCertificates

  init() throws { certificates = try TestCertificates() }

  private func client(
    presenting identity: TLSConfiguration.Identity?,
    expecting server: TLSConfiguration.ExpectedServer = .init(host: "localhost")
  ) -> TLSConfiguration {
    .client(
      identity: identity, trustedAuthoritiesPath: certificates.authorityPath, expecting: server,
      applicationProtocols: ["h2"])
  }

  private func server(presenting identity: TLSConfiguration.Identity) -> TLSConfiguration {
    .server(
      identity: identity,
      clientAuthentication: .required(trustedAuthoritiesPath: certificates.authorityPath),
      applicationProtocols: ["h2"])
  }

  // MARK: The server judges the client

  @Test func clientWithoutCertificateIsRefused() throws {
    let outcome = try SessionPair(
      client: client(presenting: nil), server: certificates.meshServer("trading")
    ).handshake()
    #expect(outcome.server?.code == .peerCertificateMissing)
    #expect(outcome.client?.code == .alertReceived(.certificateRequired))
  }

  @Test func clientOfAnotherAuthorityIsRefused() throws {
    let outcome = try SessionPair(
      client: client(presenting: certificates.strangersService("gateway")),
      server: certificates.meshServer("trading")
    ).handshake()
    #expect(outcome.server?.code == .peerCertificateUntrusted)
    #expect(outcome.client?.code == .alertReceived(.unknownAuthority))
  }

  @Test func expiredClientIsRefused() throws {
    let outcome = try SessionPair(
      client: client(presenting: certificates.expiredService("gateway")),
      server: certificates.meshServer("trading")
    ).handshake()
    #expect(outcome.server?.code == .peerCertificateExpired)
    #expect(outcome.client?.code == .alertReceived(.certificateExpired))
  }

  @Test func clientNotYetValidIsRefused() throws {
    let outcome = try SessionPair(
      client: client(presenting: certificates.futureService("gateway")),
      server: certificates.meshServer("trading")
    ).handshake()
    #expect(outcome.server?.code == .peerCertificateNotYetValid)
  }

  @Test func certificateForServersOnlyIsNoClientIdentity() throws {
    let outcome = try SessionPair(
      client: client(presenting: certificates.edge()), server: certificates.meshServer("trading")
    ).handshake()
    #expect(outcome.server?.code == .peerCertificateInvalid)
    #expect(outcome.client?.code == .alertReceived(.unsupportedCertificate))
  }

  @Test func serverThatDoesNotAskTakesAnyClient() throws {
    let pair = try SessionPair(
      client: client(presenting: nil),
      server: .server(
        identity: certificates.edge(), clientAuthentication: .none, applicationProtocols: ["h2"]))
    let outcome = try pair.handshake()
    #expect(outcome.client == nil)
    #expect(outcome.server == nil)
    #expect(pair.server.peerCertificate == nil)
  }

  // MARK: The client judges the server

  @Test func serverOfAnotherAuthorityIsRefused() throws {
    let outcome = try SessionPair(
      client: certificates.meshClient("gateway", calling: "trading"),
      server: server(presenting: certificates.strangersService("trading"))
    ).handshake()
    #expect(outcome.client?.code == .peerCertificateUntrusted)
    #expect(outcome.server?.code == .alertReceived(.unknownAuthority))
  }

  @Test func expiredServerIsRefused() throws {
    let outcome = try SessionPair(
      client: certificates.meshClient("gateway", calling: "trading"),
      server: server(presenting: certificates.expiredService("trading"))
    ).handshake()
    #expect(outcome.client?.code == .peerCertificateExpired)
  }

  @Test func anotherServiceIsRefusedBeforeItLearnsWhoCalls() throws {
    let pair = try SessionPair(
      client: certificates.meshClient("gateway", calling: "trading"),
      server: certificates.meshServer("auth"))
    let outcome = try pair.handshake()
    #expect(outcome.client?.code == .peerIdentityMismatch)
    #expect(
      outcome.client?.reason == """
        expected spiffe://alphintra/service/trading, \
        the certificate names spiffe://alphintra/service/auth
        """)
    #expect(outcome.server?.code == .alertReceived(.handshakeFailure))
    #expect(pair.server.peerCertificate == nil)
    #expect(!pair.client.isHandshakeComplete)
  }

  @Test func certificateWithTwoURIsIsNoIdentity() throws {
    var request = CertificateRequest.service(
      named: "trading", validFrom: Date(), validUntil: Date(timeIntervalSinceNow: 60))
    request.uris.append("spiffe://alphintra/service/auth")
    let outcome = try SessionPair(
      client: certificates.meshClient("gateway", calling: "trading"),
      server: server(presenting: certificates.identity(request))
    ).handshake()
    #expect(outcome.client?.code == .peerIdentityMismatch)
  }

  @Test(arguments: ["localhost", "127.0.0.1", "trading"])
  func serverIsKnownByEachOfItsNames(host: String) throws {
    let outcome = try SessionPair(
      client: client(presenting: certificates.service("gateway"), expecting: .init(host: host)),
      server: certificates.meshServer("trading")
    ).handshake()
    #expect(outcome.client == nil)
  }

  @Test(arguments: ["example.com", "127.0.0.2", "tradin"])
  func serverIsNotKnownByOtherNames(host: String) throws {
    let outcome = try SessionPair(
      client: client(presenting: certificates.service("gateway"), expecting: .init(host: host)),
      server: certificates.meshServer("trading")
    ).handshake()
    #expect(outcome.client?.code == .peerIdentityMismatch)
    #expect(outcome.client?.reason == "the certificate is not valid for \(host)")
  }

  // MARK: Application protocols

  @Test func serverPicksTheProtocolItPrefers() throws {
    let pair = try SessionPair(
      client: certificates.meshClient(
        "gateway", calling: "trading", applicationProtocols: ["http/1.1", "h2"]),
      server: certificates.meshServer("trading", applicationProtocols: ["h2", "http/1.1"]))
    let outcome = try pair.handshake()
    #expect(outcome.client == nil)
    #expect(pair.client.applicationProtocol == "h2")
  }

  @Test func noCommonProtocolIsRefused() throws {
    let outcome = try SessionPair(
      client: certificates.meshClient(
        "gateway", calling: "trading", applicationProtocols: ["http/1.1"]),
      server: certificates.meshServer("trading")
    ).handshake()
    #expect(outcome.server?.code == .applicationProtocolUnsupported)
    #expect(outcome.client?.code == .alertReceived(.noApplicationProtocol))
  }

  @Test func peerWithoutALPNIsRefusedWhereItIsRequired() throws {
    let outcome = try SessionPair(
      client: certificates.meshClient("gateway", calling: "trading", applicationProtocols: []),
      server: certificates.meshServer("trading")
    ).handshake()
    #expect(outcome.server?.code == .applicationProtocolUnsupported)
  }

  @Test func peerWithoutALPNIsServedWhereItIsNot() throws {
    var silent = try certificates.meshClient(
      "gateway", calling: "trading", applicationProtocols: [])
    silent.requiresApplicationProtocol = false
    var server = try certificates.meshServer("trading", applicationProtocols: ["http/1.1"])
    server.requiresApplicationProtocol = false
    let pair = try SessionPair(client: silent, server: server)
    let outcome = try pair.handshake()
    #expect(outcome.client == nil)
    #expect(outcome.server == nil)
    #expect(pair.server.applicationProtocol == nil)
  }
}
