import RPC

/// Checks callers by the rule alone; users are not known here.
struct CallerRules: AccessController {
  func authorize(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) async throws(RPCError) -> UserIdentity? {
    switch method.access.callers {
    case .anyone:
      return nil
    case .mesh:
      guard peer == nil else { return nil }
    case .services(let names):
      if let service = peer?.service, names.contains(service) { return nil }
    }
    throw RPCError(.permissionDenied, "not for you")
  }
}
