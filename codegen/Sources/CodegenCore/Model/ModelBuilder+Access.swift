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
      return AccessModel(callers: .services([]), user: nil)
    }
    return AccessModel(
      callers: callers(of: method, access, place), user: user(of: method, access, place))
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

  private func user(
    of method: MethodDescriptor, _ access: OptionMessage, _ place: Place
  ) -> UserModel? {
    let user = UserModel(
      roles: access.texts("roles"), scopes: access.texts("scopes"),
      assurance: access.enumeration("assurance") == "ASSURANCE_MULTI_FACTOR"
        ? .multiFactor : .singleFactor)
    switch access.enumeration("user") {
    case "USER_REQUIRED":
      checkScopes(user.scopes, of: method, place)
      return user
    case "USER_NONE":
      for what in ["roles", "scopes", "assurance"] where access.fields[what] != nil {
        diagnostics.report(
          place, "\(method.name) asks for \(what) but for no user", "state `user: USER_REQUIRED`")
      }
      return nil
    default:
      diagnostics.report(
        place, "\(method.name) does not say whether a user stands behind the call",
        "state `user: USER_REQUIRED` or `user: USER_NONE` in its access rule")
      return nil
    }
  }

  /// Scopes stand in one claim with spaces between them: RFC 6749 section 3.3 says what each may hold.
  private func checkScopes(_ scopes: [String], of method: MethodDescriptor, _ place: Place) {
    for scope in scopes where !isScope(scope) {
      diagnostics.report(
        place, "scope \"\(scope)\" of \(method.name) is no scope",
        "use visible ASCII characters without quotes, backslashes and spaces; each scope is stated "
          + "by itself")
    }
    if Set(scopes).count < scopes.count {
      diagnostics.report(place, "\(method.name) asks for a scope twice", "state each once")
    }
  }

  private func isScope(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
  }
}
