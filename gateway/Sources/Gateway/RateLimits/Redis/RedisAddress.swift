internal import TLS

/// Where a Redis server is, and who asks it.
public struct RedisAddress: Sendable, Hashable {
  /// The port of a Redis server.
  public static let defaultPort = 6379

  /// The server's name or address.
  public var host: String
  /// The server's port.
  public var port: Int
  /// The number of the database.
  public var database: Int
  /// Whether the connection is TLS.
  public var isSecure: Bool
  /// The user; Redis's default one where there is none.
  public var username: String?
  /// The user's password.
  ///
  /// A secret: never log it.
  public var password: String?
  /// The PEM file of the authorities that vouch for the server, where the connection is TLS.
  public var authoritiesPath: String?

  /// Reads `redis://host:port/database` or `rediss://…`, which is TLS; port and database may be left out.
  ///
  /// A password
  /// does not stand in it: addresses are logged.
  public init?(_ text: String) {
    guard let scheme = ["redis://", "rediss://"].first(where: text.hasPrefix) else { return nil }
    isSecure = scheme == "rediss://"
    var parts = text.dropFirst(scheme.count).split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    database = 0
    if parts.count == 2 {
      let number = parts.removeLast()
      guard let database = number.isEmpty ? 0 : Int(number), (0..<1024).contains(database) else {
        return nil
      }
      self.database = database
    }
    guard let authority = parts.first, !authority.isEmpty,
      !authority.contains(where: { "@?# ".contains($0) })
    else { return nil }
    let (host, port) = Self.split(authority)
    guard let port, (1...65_535).contains(port), !host.isEmpty else { return nil }
    self.host = String(host)
    self.port = port
  }

  /// Parts a host, which may be an address of version 6 in brackets, from a port.
  private static func split(_ authority: Substring) -> (host: Substring, port: Int?) {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      let rest = authority[authority.index(after: end)...]
      let port = rest.isEmpty ? defaultPort : rest.hasPrefix(":") ? Int(rest.dropFirst()) : nil
      return (authority[..<end].dropFirst(), port)
    }
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return (authority, nil) }
    return (parts[0], parts.count == 2 ? Int(parts[1]) : defaultPort)
  }

  /// The commands that a connection begins with.
  var greeting: [[String]] {
    var commands: [[String]] = []
    if let password { commands.append(["AUTH", username ?? "default", password]) }
    if database != 0 { commands.append(["SELECT", "\(database)"]) }
    return commands
  }

  /// How TLS is spoken; nil where it is not.
  ///
  /// - Throws: `TLSError` where the authorities cannot be read.
  func tlsContext() throws(TLSError) -> TLSContext? {
    guard isSecure, let authoritiesPath else { return nil }
    return try TLSContext(
      .client(
        identity: nil, trustedAuthoritiesPath: authoritiesPath, expecting: .init(host: host),
        applicationProtocols: [], requiresApplicationProtocol: false))
  }
}

extension RedisAddress: CustomStringConvertible {
  /// The address, without the password.
  public var description: String {
    "\(isSecure ? "rediss" : "redis")://\(host):\(port)/\(database)"
  }
}
