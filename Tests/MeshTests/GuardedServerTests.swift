import Mesh
import RPC
import RPCTransport
import TLS
import TestSupport
import Testing
import TestingContract

/// The access check where it stands: in a server, over mutual TLS, before handlers run.
@Suite(.timeLimit(.minutes(5))) struct GuardedServerTests {
  private let mesh: MeshFixture
  private let issuer: TestTokenIssuer

  init() throws {
    mesh = try MeshFixture()
    issuer = try TestTokenIssuer.shared()
  }

  private func withServer(_ body: () async throws -> Void) async throws {
    let keySet = try issuer.keySetJSON()
    let verifier = JWKSTokenVerifier(
      issuer: TestTokenIssuer.issuer, audience: TestTokenIssuer.audience
    ) { KeySetDocument(json: keySet, maximumAge: .seconds(300)) }
    let server = try await mesh.serve(as: "trading", verifier: verifier)
    try mesh.publish("trading", at: [server.port])
    try await body()
    await server.stop(grace: .zero)
  }

  private func expectRefusal(
    from caller: String, token: String?, _ code: StatusCode, _ reason: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let channel = try mesh.channel(from: caller, to: "trading")
    let error = await #expect(throws: RPCError.self, sourceLocation: sourceLocation) {
      try await channel.whoIsTheUser(token: token)
    }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(error?.errorInfo?.reason == reason, sourceLocation: sourceLocation)
  }

  @Test func userIsKnownByTokenAndCallerByCertificate() async throws {
    try await withServer {
      let channel = try mesh.channel(from: "gateway", to: "trading")
      let token = try issuer.token(for: "u1", roles: ["analyst"])
      for _ in 0..<3 {
        let answer = try await channel.whoIsTheUser(token: token)
        #expect(answer.userID == "u1")
        #expect(answer.roles == ["analyst"])
        #expect(answer.spiffeID == "spiffe://alphintra/service/gateway")
      }
    }
  }

  @Test func everyOtherCallIsRefusedByName() async throws {
    try await withServer {
      try await expectRefusal(from: "gateway", token: nil, .unauthenticated, "TOKEN_MISSING")
      try await expectRefusal(from: "gateway", token: "x", .unauthenticated, "TOKEN_INVALID")
      var claims = issuer.claims(for: "u1")
      claims.expiresAt -= 1000
      try await expectRefusal(
        from: "gateway", token: try issuer.token(claims), .unauthenticated, "TOKEN_EXPIRED")
      let forged = try TestTokenIssuer(keyID: issuer.keyID).token(for: "u1")
      try await expectRefusal(from: "gateway", token: forged, .unauthenticated, "TOKEN_INVALID")
      try await expectRefusal(
        from: "marketdata", token: try issuer.token(for: "u1"), .permissionDenied,
        "CALLER_NOT_ALLOWED")
    }
  }

  @Test func clientWithoutCertificateDoesNotGetAsFarAsACall() async throws {
    try await withServer {
      let port = try #require(try mesh.directory.addresses(of: "trading")[0].port)
      let certificates = mesh.certificates
      let error = await #expect(throws: RPCError.self) {
        _ = try await ClientConnection.connect(
          host: "127.0.0.1", port: port,
          .init(
            tls: .client(
              identity: nil, trustedAuthoritiesPath: certificates.authorityPath,
              expecting: .init(host: "localhost"), applicationProtocols: ["h2"])))
      }
      #expect(error?.code == .unavailable)
      #expect("\(String(describing: error))".contains("certificate_required"))
    }
  }
}
