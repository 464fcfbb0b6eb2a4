import RPC

/// Holds calls to their access rule, with tokens a test can read: `trader`, `administrator`, or
/// `trader~1700000000` for one that ends then.
struct ExampleAccess: AccessController {
  func authorize(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) async throws(RPCError) -> UserIdentity? {
    guard peer?.service == "gateway" else {
      throw RPCError(.permissionDenied, "only the gateway may call \(method.path)")
    }
    guard case .required(let roles, _, _) = method.access.user else { return nil }
    guard let authorization = metadata["authorization"], authorization.hasPrefix("Bearer ") else {
      throw RPCError(.unauthenticated, "no access token")
    }
    let token = String(authorization.dropFirst("Bearer ".count))
    let user = try Self.user(token)
    guard roles.isEmpty || roles.contains(where: user.roles.contains) else {
      throw RPCError(.permissionDenied, "needs one of the roles \(roles)")
    }
    return user
  }

  private static func user(_ token: String) throws(RPCError) -> UserIdentity {
    let parts = token.split(separator: "~")
    let name = parts.first.map(String.init) ?? ""
    let expiry = parts.count == 2 ? Int64(parts[1]) ?? 0 : 4_000_000_000
    switch name {
    case "trader", "other":
      return UserIdentity(id: name, roles: [], expiresAt: expiry, token: token)
    case "administrator":
      return UserIdentity(id: name, roles: [name], expiresAt: expiry, token: token)
    case "outage": throw RPCError(.unavailable, "the keys cannot be fetched")
    default: throw RPCError(.unauthenticated, "the access token's signature is wrong")
    }
  }
}
