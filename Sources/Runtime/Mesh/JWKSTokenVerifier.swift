public import Core
internal import JWTKit
public import RPC

/// Verifies RS256 access tokens by the keys that their issuer publishes.
///
/// Follows RFC 8725: one algorithm, keys chosen by id from the issuer's own set (never from the
/// token), the type, issuer and audience checked. A verified token is remembered until it ends, so
/// that its user's next calls cost a look-up.
///
/// A token whose session has ended is refused as soon as that is known: the issuer tells with its keys which
/// sessions have, and says how often it is to be asked (``KeySetDocument/endedSessionsMaximumAge``). Who is told of
/// them as they end says so (``refuse(_:)``). While the issuer cannot be asked, tokens are good until they expire.
public final class JWKSTokenVerifier: TokenVerifier {
  /// Longer than any token of ours, and what a header may hold.
  public static let maximumTokenBytes = 8 * 1024
  /// How far a token's beginning may lie in the future, because clocks differ.
  public static let clockSkewTolerance: Int64 = 30
  /// How many verified tokens are remembered.
  public static let cachedTokens = 8192

  private let issuer: String
  private let audience: String
  private let clock: any Core.Clock
  private let keySets: KeySetCache
  private let verified: VerifiedTokens
  private let ended: EndedSessions

  /// A verifier of one issuer's tokens for one audience.
  ///
  /// `fetchKeySet` gets the issuer's current key set. It is called when the first token is to be
  /// verified, when the set's life is over, and for an unknown key id, at most once in ten seconds.
  public init(
    issuer: String, audience: String, clock: any Core.Clock = SystemClock(),
    fetchKeySet: @escaping @Sendable () async throws -> KeySetDocument
  ) {
    self.issuer = issuer
    self.audience = audience
    self.clock = clock
    let verified = VerifiedTokens(capacity: Self.cachedTokens)
    self.verified = verified
    let ended = EndedSessions()
    self.ended = ended
    keySets = KeySetCache(clock: clock, endedSessions: ended, fetch: fetchKeySet) { change in
      switch change {
      case .keysRemoved: verified.removeAll()
      case .sessionsEnded(let ids): verified.remove(sessions: ids)
      }
    }
  }

  /// The user of a token verified before and valid still.
  public func verifiedUser(of token: String) -> UserIdentity? {
    let now = clock.now.seconds
    return ended.isFresh(at: now) ? verified.user(of: token, at: now) : nil
  }

  /// Refuses the tokens of sessions from now on: the issuer has told that they ended.
  public func refuse(_ sessions: [EndedSession]) {
    guard !sessions.isEmpty else { return }
    ended.add(sessions, at: clock.now.seconds)
    verified.remove(sessions: Set(sessions.map(\.id)))
  }

  /// Verifies a token, fetching keys if needed.
  public func verify(_ token: String) async throws(TokenError) -> UserIdentity {
    if let user = verifiedUser(of: token) { return user }
    let keyID = try keyID(in: token)
    guard let key = try await keySets.keys(for: keyID).key(keyID) else {
      throw TokenError.invalid(.key)
    }
    // Verified before, and asked for again only because the list of ended sessions was old.
    if let user = verified.user(of: token, at: clock.now.seconds) { return user }
    let claims = try await signedClaims(of: token, by: key)
    try check(claims)
    let user = UserIdentity(
      id: claims.subject, roles: claims.roles, scopes: claims.scopes,
      assurance: Assurance(acr: claims.acr), sessionID: claims.sessionID,
      expiresAt: claims.expiresAt, token: token)
    verified.insert(user)
    // After it is remembered: a list that came in between has not forgotten this one.
    if let session = user.sessionID, ended.contains(session) {
      verified.remove(sessions: [session])
      throw TokenError.invalid(.session)
    }
    return user
  }

  /// Checks all that the header says and returns the id of the key it names.
  private func keyID(in token: String) throws(TokenError) -> String {
    guard token.utf8.count <= Self.maximumTokenBytes else { throw TokenError.invalid(.size) }
    let header: JWTHeader
    do {
      header = try DefaultJWTParser().parse(Array(token.utf8), as: SignedClaims.self).header
    } catch { throw TokenError.invalid(.form) }
    guard header.alg == AccessTokenClaims.algorithm else { throw TokenError.invalid(.algorithm) }
    // Extensions marked critical must be understood (RFC 7515 section 4.1.11); we know none.
    guard header.typ?.lowercased() == AccessTokenClaims.tokenType, header.fields["crit"] == nil
    else { throw TokenError.invalid(.type) }
    guard let keyID = header.kid, !keyID.isEmpty else { throw TokenError.invalid(.key) }
    return keyID
  }

  private func signedClaims(
    of token: String, by key: JWTKeyCollection
  ) async throws(TokenError) -> AccessTokenClaims {
    do { return try await key.verify(token, as: SignedClaims.self).claims } catch {
      throw TokenError.invalid(.signature)
    }
  }

  private func check(_ claims: AccessTokenClaims) throws(TokenError) {
    guard claims.issuer == issuer else { throw TokenError.invalid(.issuer) }
    guard claims.audience.contains(audience) else { throw TokenError.invalid(.audience) }
    guard !claims.subject.isEmpty else { throw TokenError.invalid(.form) }
    let now = clock.now.seconds
    guard now < claims.expiresAt else { throw TokenError.expired(at: claims.expiresAt) }
    // Only a beginning that the token states: `iat` alone is no promise (RFC 7519 section 4.1.6).
    if let begin = claims.notBefore, begin > now + Self.clockSkewTolerance {
      throw TokenError.invalid(.notBefore)
    }
  }
}
