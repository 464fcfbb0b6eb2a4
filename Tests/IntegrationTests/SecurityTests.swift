import Certificates
import Core
import Foundation
import Mesh
import RPC
import RPCTransport
import TLS
import TestSupport
import Testing

/// What an attacker inside the network tries, against every RPC of the platform.
@Suite("Security of the mesh", .timeLimit(.minutes(5))) struct SecurityTests {
  private func withMesh(_ body: (SecurityMesh) async throws -> Void) async throws {
    let mesh = try await SecurityMesh()
    try await body(mesh)
    await mesh.stop()
  }

  @Test("who is admitted gets through: the refusals below are for their own reasons")
  func admitted() async throws {
    try await withMesh { mesh in
      let connection = try await mesh.connect(as: mesh.certificates.service("gateway"))
      for method in SecurityMesh.methods where method.admits("gateway") {
        let token = try mesh.token(admittedBy: method)
        try await mesh.call(method, on: connection, authorization: ["Bearer \(token)"])
        #expect(
          mesh.takeCalls() == [
            .init(path: method.path, caller: "gateway", user: method.needsUser ? "u1" : nil)
          ])
      }
      #expect(SecurityMesh.methods.filter { $0.admits("gateway") }.count >= 14)
      connection.close()
    }
  }

  @Test("a client without a certificate, or with a wrong one, does not get as far as a call")
  func wrongCertificates() async throws {
    try await withMesh { mesh in
      let certificates = mesh.certificates
      let cases: [(TLSConfiguration.Identity?, String)] = [
        (nil, "certificate_required"),
        (try certificates.strangersService("gateway"), "unknown_ca"),
        (try certificates.expiredService("gateway"), "certificate_expired"),
        (try certificates.futureService("gateway"), "bad_certificate"),
        (try certificates.edge(), "unsupported_certificate"),
      ]
      for (identity, alert) in cases {
        let error = await #expect(throws: RPCError.self) {
          let connection = try await mesh.connect(as: identity)
          try await mesh.call(SecurityMesh.methods[0], on: connection)
        }
        #expect(error?.code == .unavailable)
        #expect("\(String(describing: error))".contains(alert), "\(String(describing: error))")
      }
      #expect(mesh.takeCalls().isEmpty)
    }
  }

  @Test(
    "a certificate of ours that names no service of ours may call nothing",
    arguments: [
      [], ["https://alphintra/service/gateway"], ["spiffe://alphintra/user/gateway"],
      ["spiffe://elsewhere/service/gateway"], ["spiffe://alphintra/service/gateway/canary"],
      ["spiffe://alphintra/service/gateway", "spiffe://alphintra/service/trading"],
    ])
  func noService(uris: [String]) async throws {
    try await withMesh { mesh in
      // The names by which it would be known elsewhere say nothing here.
      let identity = try mesh.certificates.identity(
        CertificateRequest(
          commonName: "gateway", uris: uris, dnsNames: ["gateway"], ipAddresses: [],
          usages: [.client], validFrom: Date(), validUntil: Date(timeIntervalSinceNow: 1800)))
      let token = try mesh.tokens.token(for: "u1")
      for method in SecurityMesh.methods {
        let error = await #expect(throws: RPCError.self) {
          let connection = try await mesh.connect(as: identity)
          defer { connection.close() }
          try await mesh.call(method, on: connection, authorization: ["Bearer \(token)"])
        }
        let reason = error?.errorInfo?.reason
        #expect(
          (error?.code == .unauthenticated && reason == "NO_CLIENT_CERTIFICATE")
            || (error?.code == .permissionDenied && reason == "CALLER_NOT_ALLOWED"),
          "\(method.path): \(String(describing: error))")
      }
      #expect(mesh.takeCalls().isEmpty)
    }
  }

  @Test("a service that the rule does not name is refused, also with a user's good token")
  func wrongService() async throws {
    try await withMesh { mesh in
      let connection = try await mesh.connect(as: mesh.certificates.service("marketdata"))
      let token = try mesh.tokens.token(for: "u1")
      var refused = 0
      for method in SecurityMesh.methods where !method.admits("marketdata") {
        let error = await #expect(throws: RPCError.self) {
          try await mesh.call(method, on: connection, authorization: ["Bearer \(token)"])
        }
        #expect(error?.code == .permissionDenied, "\(method.path)")
        #expect(error?.errorInfo?.reason == "CALLER_NOT_ALLOWED")
        #expect(error?.errorInfo?.domain == "mesh.alphintra.com")
        #expect(
          error?.errorInfo?.metadata
            == ["caller": "spiffe://alphintra/service/marketdata", "method": method.path])
        refused += 1
      }
      #expect(refused >= 10)
      #expect(mesh.takeCalls().isEmpty)
      connection.close()
    }
  }

  @Test("the gateway's certificate alone never speaks for a user, nor does it with a bad token")
  func wrongTokens() async throws {
    try await withMesh { mesh in
      let connection = try await mesh.connect(as: mesh.certificates.service("gateway"))
      let attacks = try Self.attacks(mesh.tokens)
      let methods = SecurityMesh.methods.filter(\.needsUser)
      #expect(methods.count >= 8)
      for method in methods {
        for attack in attacks {
          let error = await #expect(throws: RPCError.self, "\(attack.name)") {
            try await mesh.call(method, on: connection, authorization: attack.authorization)
          }
          #expect(error?.code == .unauthenticated, "\(method.path): \(attack.name)")
          #expect(error?.errorInfo?.reason == attack.reason, "\(method.path): \(attack.name)")
          #expect(error?.errorInfo?.metadata["rule"] == attack.rule, "\(attack.name)")
        }
      }
      #expect(mesh.takeCalls().isEmpty)
      connection.close()
    }
  }

  /// What is sent instead of a user's good token, and how it is refused.
  private struct Attack {
    let name: String
    let authorization: [String]
    let reason: String
    let rule: String?

    init(_ name: String, _ authorization: [String], _ reason: String, _ rule: TokenError.Rule?) {
      self.name = name
      self.authorization = authorization
      self.reason = reason
      self.rule = rule?.rawValue
    }

    /// A token that breaks a rule.
    init(_ name: String, _ token: String, _ rule: TokenError.Rule) {
      self.init(name, ["Bearer \(token)"], "TOKEN_INVALID", rule)
    }
  }

  private static func attacks(_ tokens: TestTokenIssuer) throws -> [Attack] {
    let good = try tokens.token(for: "u1")
    let claims = tokens.claims(for: "u1")
    func changed(_ change: (inout AccessTokenClaims) -> Void) throws -> String {
      var claims = claims
      change(&claims)
      return try tokens.token(claims)
    }
    let parts = good.split(separator: ".").map(String.init)
    let otherPayload = try tokens.token(for: "u2").split(separator: ".").map(String.init)[1]
    return [
      Attack("no token", [], "TOKEN_MISSING", nil),
      Attack("two tokens", ["Bearer \(good)", "Bearer \(good)"], "TOKEN_INVALID", .form),
      Attack("a password", ["Basic dTE6cGFzc3dvcmQ="], "TOKEN_INVALID", .form),
      Attack("no JWT", "nonsense", .form),
      Attack("ended", ["Bearer \(try changed { $0.expiresAt = 1_000_000 })"], "TOKEN_EXPIRED", nil),
      Attack("not begun", try changed { $0.notBefore = $0.expiresAt }, .notBefore),
      Attack("for another audience", try changed { $0.audience = ["billing"] }, .audience),
      Attack("of another issuer", try changed { $0.issuer = "https://evil.example" }, .issuer),
      Attack(
        "alg none",
        try tokens.token(claims, header: tokens.header(algorithm: "none"), signing: .none),
        .algorithm),
      Attack(
        "alg none without saying so", try tokens.token(claims, signing: .none), .signature),
      Attack(
        "HS256 with the public key",
        try tokens.token(
          claims, header: tokens.header(algorithm: "HS256"), signing: .publicKeyAsSecret),
        .algorithm),
      Attack(
        "HMAC of the public key called RS256",
        try tokens.token(claims, signing: .publicKeyAsSecret), .signature),
      Attack(
        "another key under our key's id", try TestTokenIssuer(keyID: tokens.keyID).token(claims),
        .signature),
      Attack("a key of its own", try TestTokenIssuer(keyID: "evil").token(claims), .key),
      Attack(
        "another kind of token", try tokens.token(claims, header: tokens.header(type: "JWT")), .type
      ),
      Attack(
        "another user under our signature", "\(parts[0]).\(otherPayload).\(parts[2])", .signature),
    ]
  }
}
