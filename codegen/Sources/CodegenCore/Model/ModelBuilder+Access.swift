import ProtobufC

extension ModelBuilder {
  /// Who may call an RPC.
  ///
  /// Deny by default: what the contract leaves open is refused.
  func access(
    of method: MethodDescriptor, _ options: OptionMessage, _ place: Place
  ) -> AccessModel {
    guard let access = options.messages("alphintra.options.access").last else {
      diagnostics.report(
        place, "\(method.name) has no access rule",
        "state `option (alphintra.options.access) = {callers: \"gateway\" user: USER_REQUIRED};`")
      return AccessModel(callers: .services([]), userRoles: nil)
    }
    return AccessModel(
      callers: callers(of: method, access, place), userRoles: userRoles(of: method, access, place))
  }

  private func callers(
    of method: MethodDescriptor, _ access: OptionMessage, _ place: Place
  ) -> AccessModel.Callers {
    let callers = access.texts("callers")
    if access.boolean("anyone") {
      if !callers.isEmpty {
        diagnostics.report(
          place, "\(method.name) admits anyone and names callers", "state one of the two")
      }
      return .anyone
    }
    if callers.isEmpty {
      diagnostics.report(
        place, "\(method.name) admits no caller",
        "name services in `callers`, \"*\" for every service of the mesh, or state `anyone: true`")
    }
    guard callers.contains("*") else { return .services(callers) }
    if callers.count > 1 {
      diagnostics.report(
        place, "\(method.name) admits \"*\" and names callers beside it",
        "leave the names or the \"*\" away")
    }
    return .mesh
  }

  private func userRoles(
    of method: MethodDescriptor, _ access: OptionMessage, _ place: Place
  ) -> [String]? {
    let roles = access.texts("roles")
    switch access.enumeration("user") {
    case "USER_REQUIRED": return roles
    case "USER_NONE":
      if !roles.isEmpty {
        diagnostics.report(
          place, "\(method.name) asks for roles but for no user", "state `user: USER_REQUIRED`")
      }
      return nil
    default:
      diagnostics.report(
        place, "\(method.name) does not say whether a user stands behind the call",
        "state `user: USER_REQUIRED` or `user: USER_NONE` in its access rule")
      return nil
    }
  }
}
