public import Foundation

/// Why certificates could not be made, read or stored.
public enum CertificateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A certificate for a name could not be made.
  case notIssued(name: String, String)
  /// A certificate or key could not be understood.
  case unreadable(String, String)
  /// The authority ends before what it is to issue.
  case authorityEnds(Date, path: String)
  /// A file could not be read or written.
  case fileFailed(path: String, String)

  /// What could not be done, and why.
  public var description: String {
    switch self {
    case .notIssued(let name, let reason): "cannot issue a certificate for \(name): \(reason)"
    case .unreadable(let what, let reason): "cannot read the \(what): \(reason)"
    case .authorityEnds(let end, let path):
      """
      \(path): the authority ends at \(end.formatted(.iso8601)): stop what uses it, \
      make certificates anew, and start again
      """
    case .fileFailed(let path, let reason): "\(path): \(reason)"
    }
  }
}
