import RPC
import Synchronization

/// Holds calls to their access rule, with tokens a test can read: `trader`, `administrator`,
/// `trader~1700000000` for one that ends then, or `trader+s1` for one of the session `s1`.
struct ExampleAccess: AccessController {
  /// The sessions that have ended.
  final class EndedSessions: Sendable {
    private let ids = Mutex<Set<String>>([])

    func contains(_ id: String) -> Bool { ids.withLock { $0.contains(id) } }
    func insert(_ id: String) { ids.withLock { _ = $0.insert(id) } }
  }

  let ended = EndedSessions()
  /// Called when a token has been found good, before that is answered.
  var didVerify: @Sendable (UserIdentity) -> Void = { _ in }

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
    if let session = user.sessionID, ended.contains(session) {
      throw RPCError(.unauthenticated, "the access token's session has ended")
    }
    defer { didVerify(user) }
    guard roles.isEmpty || roles.contains(where: user.roles.contains) else {
      throw RPCError(.permissionDenied, "needs one of the roles \(roles)")
    }
    return user
  }

  private static func user(_ token: String) throws(RPCError) -> UserIdentity {
    let parts = token.split(separator: "~")
    let holder = parts.first?.split(separator: "+") ?? []
    let name = holder.first.map(String.init) ?? ""
    let session = holder.count == 2 ? String(holder[1]) : nil
    let expiry = parts.count == 2 ? Int64(parts[1]) ?? 0 : 4_000_000_000
    switch name {
    case "trader", "other":
      return UserIdentity(
        id: name, roles: [], sessionID: session, expiresAt: expiry, token: token)
    case "administrator":
      return UserIdentity(id: name, roles: [name], expiresAt: expiry, token: token)
    case "outage": throw RPCError(.unavailable, "the keys cannot be fetched")
    default: throw RPCError(.unauthenticated, "the access token's signature is wrong")
    }
  }
}
