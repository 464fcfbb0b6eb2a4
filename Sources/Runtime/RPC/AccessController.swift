/// The check that stands before every handler: the peer's identity and the end user's token.
///
/// A server asks `authorizeNow` when the request's headers are in, so that a call that is refused costs
/// no more than its headers; only when that cannot answer does it wait for `authorize`.
public protocol AccessController: Sendable {
  /// Decides whether a call may run, and for whom.
  ///
  /// - Returns: The verified user, or nil when the method's rule needs none.
  /// - Throws: `.unauthenticated` when a proof is missing or wrong, `.permissionDenied` when the
  ///   identity is proven and not allowed.
  func authorize(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) async throws(RPCError) -> UserIdentity?

  /// Decides the same without waiting, or says that it cannot by returning nil.
  func authorizeNow(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) throws(RPCError) -> AccessGrant?
}

/// The permission to run a call.
public struct AccessGrant: Sendable, Hashable {
  /// The verified user, or nil when the method's rule needs none.
  public let user: UserIdentity?

  /// Creates a permission.
  public init(user: UserIdentity?) {
    self.user = user
  }
}

extension AccessController {
  /// Cannot answer without waiting.
  public func authorizeNow(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) throws(RPCError) -> AccessGrant? {
    nil
  }
}
