/// Who may call a method: which services, and which end users.
///
/// The contract states the rule in the `access` option of an RPC; an `AccessController` enforces it
/// before every handler.
public struct AccessRule: Sendable, Hashable {
  /// The peers that may call, judged by the certificate of the connection.
  public enum Callers: Sendable, Hashable {
    /// Any peer, also one without a certificate.
    case anyone
    /// Any service of the mesh: a peer with a SPIFFE identity of our trust domain.
    case mesh
    /// The named services only, as in `spiffe://alphintra/service/<name>`.
    case services([String])
  }

  /// The end users that may call, judged by the access token in the metadata.
  public enum UserRule: Sendable, Hashable {
    /// No user is needed; a token is not looked at.
    case none
    /// A valid token is needed, of a user who holds at least one of the roles (no roles: any user), that
    /// grants all of the scopes, to a user who was recognized at least as surely.
    case required(
      roles: [String] = [], scopes: [String] = [], assurance: Assurance = .singleFactor)
  }

  /// The peers that may call.
  public var callers: Callers
  /// The end users that may call.
  public var user: UserRule

  /// Creates a rule from both its halves, so that neither is forgotten.
  public init(callers: Callers, user: UserRule) {
    self.callers = callers
    self.user = user
  }
}
