/// Why certificates could not be made, read or stored.
public enum CertificateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A certificate for a name could not be made.
  case notIssued(name: String, String)
  /// A certificate or key could not be understood.
  case unreadable(String, String)
  /// A file could not be read or written.
  case fileFailed(path: String, String)

  /// What could not be done, and why.
  public var description: String {
    switch self {
    case .notIssued(let name, let reason): "cannot issue a certificate for \(name): \(reason)"
    case .unreadable(let what, let reason): "cannot read the \(what): \(reason)"
    case .fileFailed(let path, let reason): "\(path): \(reason)"
    }
  }
}
