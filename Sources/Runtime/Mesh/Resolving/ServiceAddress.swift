/// Where one replica of a service listens.
public enum ServiceAddress: Sendable, Hashable, CustomStringConvertible {
  /// A name or an IP address, one of version 6 without brackets, and a port, 1 to 65535.
  case tcp(host: String, port: Int)
  /// The absolute path of a socket on this machine.
  case unix(path: String)

  /// Names a host and a port.
  public init(host: String, port: Int) {
    self = .tcp(host: host, port: port)
  }

  /// Reads `host:port`, `[host]:port` or `unix:/path`; nil for anything else.
  public init?(_ text: String) {
    if text.hasPrefix(Self.unixPrefix) {
      let path = text.dropFirst(Self.unixPrefix.count)
      guard Self.isSocketPath(path) else { return nil }
      self = .unix(path: String(path))
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65_535).contains(port)
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
    self = .tcp(host: String(host), port: port)
  }

  /// What a text must be, to stand after it: `must be …`.
  static let rule = "must be host:port, [host]:port or unix:/path"

  /// The most bytes of a socket's path (unix(7): `sun_path` has 108, the last of them zero).
  public static let maximumPathBytes = 107

  private static let unixPrefix = "unix:"

  private static func isSocketPath(_ path: Substring) -> Bool {
    path.hasPrefix("/") && path.count > 1 && path.utf8.count <= maximumPathBytes
      && !path.utf8.contains(0) && !path.contains(where: \.isNewline)
  }

  /// The port; nil for a socket.
  public var port: Int? {
    guard case .tcp(_, let port) = self else { return nil }
    return port
  }

  /// The address as ``init(_:)`` reads it.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "\(Self.unixPrefix)\(path)"
    }
  }
}
