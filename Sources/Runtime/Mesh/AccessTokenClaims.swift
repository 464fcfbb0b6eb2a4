internal import JWTKit

/// What an access token says (RFC 7519 section 4.1, RFC 9068 section 2.2, and the user's roles).
///
/// The token's type is `at+jwt` (RFC 9068), so that no other kind of token of the same issuer can be
/// taken for an access token (RFC 8725 section 3.11).
public struct AccessTokenClaims: Codable, Sendable, Hashable {
  /// The type in the header of every access token.
  public static let tokenType = "at+jwt"
  /// The algorithm of every access token.
  public static let algorithm = "RS256"

  /// Who made the token.
  public var issuer: String
  /// Whom the token is for.
  public var audience: [String]
  /// The user's id.
  public var subject: String
  /// What the user may do beyond a trader's rights.
  public var roles: [String]
  /// What the token's bearer may do in the user's name; one claim, `scope`, with spaces between
  /// (RFC 8693 section 4.2).
  public var scopes: [String]
  /// How surely the user was recognized, as in `Assurance.acr`; `nil` proves one factor.
  public var acr: String?
  /// The session that the token was made in (OpenID Connect Front-Channel Logout 1.0, section 3); `nil` for none.
  public var sessionID: String?
  /// When the token was made, in seconds since 1970.
  public var issuedAt: Int64
  /// When the token begins, in seconds since 1970; `nil` for at once.
  public var notBefore: Int64?
  /// When the token ends, in seconds since 1970: from then on it is refused.
  public var expiresAt: Int64
  /// The token's own id.
  public var tokenID: String?

  /// Names all claims.
  public init(
    issuer: String, audience: [String], subject: String, roles: [String], scopes: [String],
    acr: String?, sessionID: String? = nil, issuedAt: Int64, notBefore: Int64? = nil,
    expiresAt: Int64,
    tokenID: String? = nil
  ) {
    self.issuer = issuer
    self.audience = audience
    self.subject = subject
    self.roles = roles
    self.scopes = scopes
    self.acr = acr
    self.sessionID = sessionID
    self.issuedAt = issuedAt
    self.notBefore = notBefore
    self.expiresAt = expiresAt
    self.tokenID = tokenID
  }

  private enum CodingKeys: String, CodingKey {
    case issuer = "iss"
    case audience = "aud"
    case subject = "sub"
    case roles
    case scopes = "scope"
    case acr
    case sessionID = "sid"
    case issuedAt = "iat"
    case notBefore = "nbf"
    case expiresAt = "exp"
    case tokenID = "jti"
  }

  /// Reads the claims; a lone audience may be a string, times may have fractions.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    issuer = try values.decode(String.self, forKey: .issuer)
    if let one = try? values.decode(String.self, forKey: .audience) {
      audience = [one]
    } else {
      audience = try values.decode([String].self, forKey: .audience)
    }
    subject = try values.decode(String.self, forKey: .subject)
    roles = try values.decodeIfPresent([String].self, forKey: .roles) ?? []
    scopes =
      try values.decodeIfPresent(String.self, forKey: .scopes)?
      .split(separator: " ").map(String.init) ?? []
    acr = try values.decodeIfPresent(String.self, forKey: .acr)
    sessionID = try values.decodeIfPresent(String.self, forKey: .sessionID)
    issuedAt = try Self.time(values, .issuedAt) ?? 0
    notBefore = try Self.time(values, .notBefore)
    guard let end = try Self.time(values, .expiresAt) else {
      throw DecodingError.keyNotFound(
        CodingKeys.expiresAt, .init(codingPath: [], debugDescription: "a token must end"))
    }
    expiresAt = end
    tokenID = try values.decodeIfPresent(String.self, forKey: .tokenID)
  }

  /// Writes the claims; a lone audience becomes a string, which every verifier understands.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(issuer, forKey: .issuer)
    if audience.count == 1 {
      try values.encode(audience[0], forKey: .audience)
    } else {
      try values.encode(audience, forKey: .audience)
    }
    try values.encode(subject, forKey: .subject)
    try values.encode(roles, forKey: .roles)
    if !scopes.isEmpty { try values.encode(scopes.joined(separator: " "), forKey: .scopes) }
    try values.encodeIfPresent(acr, forKey: .acr)
    try values.encodeIfPresent(sessionID, forKey: .sessionID)
    try values.encode(issuedAt, forKey: .issuedAt)
    try values.encodeIfPresent(notBefore, forKey: .notBefore)
    try values.encode(expiresAt, forKey: .expiresAt)
    try values.encodeIfPresent(tokenID, forKey: .tokenID)
  }

  /// Whole seconds of a NumericDate, which may be any JSON number.
  private static func time(
    _ values: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
  ) throws -> Int64? {
    guard let number = try values.decodeIfPresent(Double.self, forKey: key) else { return nil }
    guard let seconds = Int64(exactly: number.rounded(.down)) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: values, debugDescription: "a time must fit 64 bits")
    }
    return seconds
  }
}

/// Carries claims through jwt-kit, which checks only the signature: the rules are our own.
struct SignedClaims: JWTPayload {
  var claims: AccessTokenClaims

  init(from decoder: any Decoder) throws { claims = try AccessTokenClaims(from: decoder) }
  func encode(to encoder: any Encoder) throws { try claims.encode(to: encoder) }
  func verify(using algorithm: some JWTAlgorithm) throws {}
}
