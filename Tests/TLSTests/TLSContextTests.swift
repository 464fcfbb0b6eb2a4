import Foundation
import TLS
import TestSupport
import Testing

@Suite struct TLSContextTests {
  let certificates: TestCertificates

  init() throws { certificates = try TestCertificates() }

  private func failure(_ configuration: TLSConfiguration) throws -> TLSError {
    try #require(throws: TLSError.self) { try TLSContext(configuration) }
  }

  @Test func missingFileIsNamed() throws {
    var identity = try certificates.service("trading")
    identity.certificateChainPath = "/nonexistent/trading.pem"
    let error = try failure(
      .server(identity: identity, clientAuthentication: .none, applicationProtocols: ["h2"]))
    #expect(error.code == .invalidConfiguration)
    #expect(error.reason.hasPrefix("certificate chain /nonexistent/trading.pem: "))
    #expect(error.reason.contains("No such file"))
  }

  @Test func keyOfAnotherCertificateIsRefused() throws {
    var identity = try certificates.service("trading")
    identity.privateKeyPath = try certificates.service("auth").privateKeyPath
    let error = try failure(
      .server(identity: identity, clientAuthentication: .none, applicationProtocols: ["h2"]))
    #expect(error.code == .invalidConfiguration)
    #expect(error.reason.contains(identity.privateKeyPath))
  }

  @Test func fileWithoutAuthoritiesIsRefused() throws {
    let identity = try certificates.service("trading")
    let error = try failure(
      .server(
        identity: identity,
        clientAuthentication: .required(trustedAuthoritiesPath: identity.privateKeyPath),
        applicationProtocols: ["h2"]))
    #expect(error.code == .invalidConfiguration)
    #expect(error.reason.hasPrefix("trusted authorities \(identity.privateKeyPath): "))
  }

  @Test(arguments: ["", String(repeating: "x", count: 256)])
  func protocolNameOutsideItsLimitsIsRefused(name: String) throws {
    let error = try failure(certificates.meshServer("trading", applicationProtocols: [name]))
    #expect(error.code == .invalidConfiguration)
  }

  @Test func expectedHostThatIsNoNameIsRefused() throws {
    let context = try TLSContext(
      .client(
        identity: nil, trustedAuthoritiesPath: certificates.authorityPath,
        expecting: .init(host: String(repeating: "a", count: 300)), applicationProtocols: ["h2"]))
    let error = #expect(throws: TLSError.self) { try TLSSession(context) }
    #expect(error?.code == .invalidConfiguration)
  }
}
