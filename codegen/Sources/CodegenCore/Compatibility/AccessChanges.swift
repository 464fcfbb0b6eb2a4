import ProtobufC

extension Compatibility {
  /// Who was admitted to an RPC and no longer is; admitting more breaks nobody.
  func checkAccess(of method: ContractMethod, _ now: ContractMethod) {
    guard let before = method.access, let after = now.access else { return }
    let remedy = "admit them; if they must be kept out, release the contracts anew"
    if let lost = Compatibility.lostCallers(before, after) {
      diagnostics.report(
        now.place, "\(method.title) no longer admits \(lost)", affected: "breaks \(lost)", remedy)
    }
    let needsUser = after.enumeration("user") == "USER_REQUIRED"
    if needsUser, before.enumeration("user") != "USER_REQUIRED" {
      diagnostics.report(
        now.place, "\(method.title) asks for a user and did not",
        affected: "breaks callers without an access token", remedy)
    } else if needsUser {
      for lost in Compatibility.lostUsers(before, after) {
        diagnostics.report(
          now.place, "\(method.title) no longer admits \(lost)", affected: "breaks \(lost)", remedy)
      }
    }
  }

  private static func lostCallers(_ before: OptionMessage, _ after: OptionMessage) -> String? {
    if after.boolean("anyone") { return nil }
    if before.boolean("anyone") { return "callers without a certificate of the mesh" }
    let callers = after.texts("callers")
    if callers.contains("*") { return nil }
    if before.texts("callers").contains("*") {
      return "services other than \(callers.joined(separator: ", "))"
    }
    return joined("service", before.texts("callers").filter { !callers.contains($0) })
  }

  private static func lostUsers(_ before: OptionMessage, _ after: OptionMessage) -> [String] {
    let scopes = after.texts("scopes").filter { !before.texts("scopes").contains($0) }
    let isMoreAssured =
      after.enumeration("assurance") == "ASSURANCE_MULTI_FACTOR"
      && before.enumeration("assurance") != "ASSURANCE_MULTI_FACTOR"
    return [lostRoles(before, after)].compactMap(\.self)
      + (scopes.isEmpty ? [] : ["tokens without the scope \(scopes.joined(separator: ", "))"])
      + (isMoreAssured ? ["users recognized by one factor"] : [])
  }

  private static func lostRoles(_ before: OptionMessage, _ after: OptionMessage) -> String? {
    let roles = after.texts("roles")
    if roles.isEmpty { return nil }
    if before.texts("roles").isEmpty {
      return "users without the role \(roles.joined(separator: " or "))"
    }
    return joined("users with the role", before.texts("roles").filter { !roles.contains($0) })
  }

  private static func joined(_ title: String, _ names: [String]) -> String? {
    names.isEmpty ? nil : "\(title) \(names.joined(separator: ", "))"
  }
}
