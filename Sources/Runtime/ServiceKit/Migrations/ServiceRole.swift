/// The role a service logs in as: it works with the tables of its own schema, and with no others.
public struct ServiceRole: Sendable, Hashable {
  /// The role's name.
  public var name: String
  /// The role's password; nil leaves the one it has.
  public var password: String?

  /// Describes a role.
  public init(name: String, password: String?) {
    self.name = name
    self.password = password
  }
}
