import AuthContract
import Core
import Crypto
import Foundation
import JWTKit
import Mesh
import Postgres
import RPC
import TestSupport
import Testing

@Suite("Access tokens") struct AccessTokenTests {
  /// The claims as jwt-kit reads them, by its own rules.
  private struct Claims: JWTPayload {
    var iss: IssuerClaim
    var aud: AudienceClaim
    var sub: SubjectClaim
    var exp: ExpirationClaim
    var iat: IssuedAtClaim
    var jti: IDClaim
    var roles: [String]

    func verify(using algorithm: some JWTAlgorithm) async throws {
      try exp.verifyNotExpired()
      try aud.verifyIntendedAudience(includes: "alphintra")
    }
  }

  private struct KeySet: Decodable {
    struct Key: Decodable {
      var kty, use, alg, kid, n, e: String
    }
    var keys: [Key]
  }

  private func keys(of auth: AuthFixture) async throws -> KeySet {
    let response = try await auth.client.jwks(AuthV1.JwksRequest())
    return try JSONDecoder().decode(KeySet.self, from: Data(response.jwks.utf8))
  }

  @Test("jwt-kit verifies a token by the published keys, and reads the documented claims")
  func verifiesByPublishedKeys() async throws {
    let auth = try await AuthFixture()
    let user = try await auth.register("ada@example.com")
    let before = Date()
    let token = try await auth.logIn("ada@example.com").accessToken

    let published = try await auth.client.jwks(AuthV1.JwksRequest())
    #expect(published.maxAgeSeconds == 300)
    let collection = try await JWTKeyCollection().add(jwksJSON: published.jwks)
    let claims = try await collection.verify(token, as: Claims.self)
    #expect(claims.iss.value == "https://auth.alphintra")
    #expect(claims.aud.value == ["alphintra"])
    #expect(claims.sub.value == user.userID)
    #expect(claims.roles == ["trader"])
    #expect(claims.exp.value.timeIntervalSince(claims.iat.value) == 900)
    #expect(claims.iat.value.timeIntervalSince(before) > -2)
    #expect(!claims.jti.value.isEmpty)

    let header = try DefaultJWTParser().parse(Array(token.utf8), as: Claims.self).header
    #expect(header.alg == "RS256")
    #expect(header.typ == "at+jwt")
    let key = try #require(try await keys(of: auth).keys.first)
    #expect(header.kid == key.kid)
    #expect((key.kty, key.use, key.alg, key.e) == ("RSA", "sig", "RS256", "AQAB"))

    let again = try await auth.logIn("ada@example.com").accessToken
    #expect(try await collection.verify(again, as: Claims.self).jti.value != claims.jti.value)
  }

  @Test("the roles that a user has been given are in the token")
  func roles() async throws {
    let auth = try await AuthFixture()
    try await auth.register("ada@example.com")
    try await auth.service.database.pool.execute(
      "INSERT INTO auth.user_roles SELECT user_id, 'admin', created_at FROM auth.users")
    let response = try await auth.logIn("ada@example.com")
    #expect(response.user?.roles == ["admin", "trader"])
    let identity = try await auth.verifier().verify(response.accessToken)
    #expect(identity.roles == ["admin", "trader"])
    #expect(identity.scopes == ["read", "trade", "account", "administer"])
  }

  @Test("a key's id is its thumbprint as RFC 7638 says")
  func thumbprint() async throws {
    let auth = try await AuthFixture()
    let key = try #require(try await keys(of: auth).keys.first)
    let members = Data(#"{"e":"\#(key.e)","kty":"RSA","n":"\#(key.n)"}"#.utf8)
    let digest = Data(SHA256.hash(data: members)).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    #expect(key.kid == digest)
  }

  @Test("a key is replaced without refusing a token")
  func rotation() async throws {
    let first = try await AuthFixture.Keys.first.value
    let second = try await AuthFixture.Keys.second.value
    let clock = ManualClock(SystemClock().now)
    let old = try await AuthFixture(keys: first, clock: clock)
    try await old.register("ada@example.com")
    let oldToken = try await old.logIn("ada@example.com").accessToken

    let both = try await AuthFixture(keys: second + "\n" + first, clock: clock, sharing: old)
    let newToken = try await both.logIn("ada@example.com").accessToken
    let published = try await keys(of: both).keys.map(\.kid)
    #expect(published.count == 2)
    #expect(try await keys(of: old).keys.map(\.kid) == [published[1]])
    for token in [oldToken, newToken] {
      _ = try await both.verifier(clock: clock).verify(token)
      let options = try ServiceFixture.options(token: token)
      _ = try await both.client.getProfile(AuthV1.GetProfileRequest(), options: options)
    }
    await #expect(throws: TokenError.invalid(.key)) {
      try await old.verifier(clock: clock).verify(newToken)
    }

    let new = try await AuthFixture(keys: second, clock: clock, sharing: old)
    _ = try await new.verifier(clock: clock).verify(newToken)
    await #expect(throws: TokenError.invalid(.key)) {
      try await new.verifier(clock: clock).verify(oldToken)
    }
  }
}
