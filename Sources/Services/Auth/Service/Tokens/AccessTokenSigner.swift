internal import AuthDomain
internal import Core
internal import CryptoExtras
internal import JWTKit
internal import Mesh
internal import RPC
internal import TokenVerification

/// Makes the access tokens of users.
struct AccessTokenSigner: Sendable {
  /// The type of all tokens (RFC 6750).
  static let bearer = "Bearer"

  private let keyID: JWKIdentifier
  private let keys: JWTKeyCollection

  /// A signer by the first of the keys.
  init(_ signingKeys: SigningKeys) async throws {
    let signing = signingKeys.signing
    keyID = JWKIdentifier(string: signing.id)
    keys = await JWTKeyCollection().add(
      rsa: try Insecure.RSA.PrivateKey(backing: signing.privateKey), digestAlgorithm: .sha256,
      kid: keyID)
  }

  /// A token that says who its bearer is, from now on for ``AuthDomain/LogIn/accessTokenLifetime``.
  ///
  /// A password is one factor, and its owner's own session may do what the owner may.
  func token(for user: User, in session: Session, at now: Instant) async throws -> String {
    let claims = AccessTokenClaims(
      issuer: AccessTokenIssuer.name, audience: [AccessTokenIssuer.audience],
      subject: user.id.rawValue, roles: user.roles.names,
      scopes: user.roles.sessionScopes.map(\.rawValue),
      acr: Assurance.singleFactor.acr, sessionID: session.id.rawValue, issuedAt: now.seconds,
      expiresAt: now.seconds + LogIn.accessTokenLifetime.components.seconds,
      tokenID: UUIDv7.make(now: now).description)
    let header: JWTHeader = ["typ": .string(AccessTokenClaims.tokenType)]
    // A signature takes the best part of a millisecond: the event loop has other calls to serve.
    return try await withTaskExecutorPreference(globalConcurrentExecutor) {
      try await keys.sign(Payload(claims: claims), kid: keyID, header: header)
    }
  }

  /// Carries claims through jwt-kit; only ever signed here.
  private struct Payload: JWTPayload {
    var claims: AccessTokenClaims

    init(claims: AccessTokenClaims) { self.claims = claims }
    init(from decoder: any Decoder) throws { claims = try AccessTokenClaims(from: decoder) }
    func encode(to encoder: any Encoder) throws { try claims.encode(to: encoder) }
    func verify(using algorithm: some JWTAlgorithm) throws {}
  }
}
