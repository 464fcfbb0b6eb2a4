/// The service at the other end of a connection, proven by its certificate.
public struct PeerIdentity: Sendable, Hashable {
  /// The SPIFFE id of the certificate, such as `spiffe://alphintra/service/trading`.
  public let spiffeID: String
  /// The name of the service within our trust domain, such as `trading`; nil for any other id.
  public let service: String?

  /// Where the identities of this platform's services live.
  public static let servicePrefix = "spiffe://alphintra/service/"

  /// Creates an identity from the URI in a certificate that has been verified.
  public init(spiffeID: String) {
    self.spiffeID = spiffeID
    let prefix = Self.servicePrefix
    let name = spiffeID.hasPrefix(prefix) ? spiffeID.dropFirst(prefix.count) : ""
    self.service = name.isEmpty || name.contains("/") ? nil : String(name)
  }

  /// Creates the identity of a service of this platform.
  public init(service: String) {
    self.init(spiffeID: Self.servicePrefix + service)
  }
}

/// The end user on whose behalf a call is made, proven by an access token.
public struct UserIdentity: Sendable, Hashable {
  /// The user's id.
  public let id: String
  /// The roles that the user holds.
  public let roles: [String]
  /// The scopes that the token grants: what its bearer may do in the user's name.
  public let scopes: [String]
  /// How surely the user was recognized when the token was issued.
  public let assurance: Assurance
  /// The session that the token was made in; nil for a token of none.
  public let sessionID: String?
  /// When the token ends, in seconds since 1970-01-01T00:00:00Z.
  public let expiresAt: Int64
  /// The token itself, to be passed on with nested calls.
  ///
  /// A secret: never log it.
  public let token: String

  /// Creates an identity from a token that has been verified.
  public init(
    id: String, roles: [String], scopes: [String] = [], assurance: Assurance = .singleFactor,
    sessionID: String? = nil, expiresAt: Int64, token: String
  ) {
    self.id = id
    self.roles = roles
    self.scopes = scopes
    self.assurance = assurance
    self.sessionID = sessionID
    self.expiresAt = expiresAt
    self.token = token
  }
}

extension UserIdentity: CustomStringConvertible {
  /// The id and the roles, without the token.
  public var description: String { "user \(self.id) \(self.roles)" }
}
