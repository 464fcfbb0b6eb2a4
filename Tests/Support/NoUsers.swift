public import Mesh
public import RPC

/// A service that knows no users: its callers must call on their own authority.
public struct NoUsers: TokenVerifier {
  /// Knows nobody.
  public init() {}

  /// None is known.
  public func verifiedUser(of token: String) -> UserIdentity? { nil }
  /// None is valid.
  public func verify(_ token: String) async throws(TokenError) -> UserIdentity {
    throw .invalid(.form)
  }
}
