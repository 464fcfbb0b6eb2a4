import Foundation
public import ProcessKit

/// Where a database is and who logs in there, in one line: `postgresql://trading:secret@db.prod:5432/alphintra`.
///
/// The form of libpq's connection URIs, without parameters: what they would say has settings of its own.
public struct DatabaseURL: Sendable, Hashable {
  /// The host.
  public var host: String
  /// The port; 5432 unless told.
  public var port: Int
  /// The database.
  public var database: String
  /// The role; nil where the URL names none.
  public var role: String?
  /// The role's password, with its percent-encoding undone; nil where the URL has none.
  public var password: String?

  static let rule = "must be postgresql://role:password@host:port/database"
  private static let schemes = ["postgresql", "postgres"]

  /// Reads a URL; nil for anything that is more or less than the form above.
  public init?(_ text: String) {
    guard let url = URLComponents(string: text), Self.schemes.contains(url.scheme ?? ""),
      let host = url.host, !host.isEmpty, url.query == nil, url.fragment == nil,
      url.path.hasPrefix("/")
    else { return nil }
    let database = String(url.path.dropFirst())
    guard !database.isEmpty, !database.contains("/"), url.user != "" else { return nil }
    let port = url.port ?? 5432
    guard (1...65_535).contains(port) else { return nil }
    // An address of IPv6 stands in brackets in a URL, and nowhere else.
    self.host = String(host.drop { $0 == "[" }.prefix { $0 != "]" })
    self.port = port
    self.database = database
    role = url.user
    password = url.password
  }
}

extension Settings {
  /// The database, where it is told in one line.
  ///
  /// By `database.url`, as platforms tell it that have secrets for variables, or by the file that
  /// `database.url_file` names. What `postgres.…` says counts before it.
  public mutating func databaseURL() -> DatabaseURL? {
    let text =
      has("database.url_file")
      ? secret("database.url")
      : value(
        "database.url", rule: DatabaseURL.rule, default: "", isSecret: true, parse: { $0 }) ?? ""
    guard !text.isEmpty else { return nil }
    guard let url = DatabaseURL(text) else {
      note("database.url", DatabaseURL.rule, "(hidden)")
      return nil
    }
    return url
  }
}
