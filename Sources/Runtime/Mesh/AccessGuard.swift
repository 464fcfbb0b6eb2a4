public import RPC

/// The check before every handler: who calls, and for whom.
///
/// The contract's rule has two halves and both must hold. The caller is proven by the certificate of
/// the connection; the end user is proven by the access token in the `authorization` metadata and by
/// nothing else, so a service's certificate never speaks for a user. What the rule does not admit is
/// refused.
public struct AccessGuard: AccessController {
  /// The domain of this check's reasons in `google.rpc.ErrorInfo`.
  public static let errorDomain = "mesh.alphintra.com"
  /// The trust domain whose services form the mesh.
  public static let trustDomain = "alphintra"

  private let verifier: any TokenVerifier

  /// A check that has users' tokens verified by `verifier`.
  public init(verifier: any TokenVerifier) { self.verifier = verifier }

  /// Decides at once where no token is needed, the token is known, or the call is refused anyway.
  public func authorizeNow(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) throws(RPCError) -> AccessGrant? {
    try checkCaller(of: method, peer)
    guard case .required = method.access.user else { return AccessGrant(user: nil) }
    let token = try BearerToken.only(in: metadata)
    guard let user = verifier.verifiedUser(of: token) else { return nil }
    try check(user, by: method.access.user)
    return AccessGrant(user: user)
  }

  /// Decides, verifying the token if needed.
  public func authorize(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) async throws(RPCError) -> UserIdentity? {
    try checkCaller(of: method, peer)
    guard case .required = method.access.user else { return nil }
    let token = try BearerToken.only(in: metadata)
    let user: UserIdentity
    do throws(TokenError) { user = try await verifier.verify(token) } catch {
      throw AccessDenial.token(error).rpcError
    }
    try check(user, by: method.access.user)
    return user
  }

  private func checkCaller(
    of method: MethodDescriptor, _ peer: PeerIdentity?
  ) throws(RPCError) {
    if case .anyone = method.access.callers { return }
    guard let peer else { throw AccessDenial.noClientCertificate.rpcError }
    guard let service = peer.service, admits(service, method.access.callers) else {
      throw AccessDenial.callerNotAllowed(peer.spiffeID, method: method.path).rpcError
    }
  }

  private func admits(_ service: String, _ callers: AccessRule.Callers) -> Bool {
    switch callers {
    case .anyone: true
    case .mesh: SPIFFEID.isSegment(service)
    case .services(let names): names.contains(service)
    }
  }

  /// Checks the user's role first: where that is wrong, no other token of theirs would help.
  private func check(
    _ user: UserIdentity, by rule: AccessRule.UserRule
  ) throws(RPCError) {
    guard case .required(let roles, let scopes, let assurance) = rule else { return }
    guard roles.isEmpty || roles.contains(where: user.roles.contains) else {
      throw AccessDenial.roleRequired(oneOf: roles).rpcError
    }
    guard user.assurance >= assurance else {
      throw AccessDenial.assuranceRequired(assurance).rpcError
    }
    guard scopes.allSatisfy(user.scopes.contains) else {
      throw AccessDenial.scopesRequired(scopes).rpcError
    }
  }
}
