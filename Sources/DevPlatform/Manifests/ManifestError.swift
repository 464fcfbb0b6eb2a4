/// What is wrong with manifests, and where.
public enum ManifestError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A file could not be read.
  case unreadable(path: String, String)
  /// A file is no YAML, or not what its kind asks for.
  case malformed(path: String, String)
  /// A kustomization does what is not understood here.
  case notUnderstood(path: String, fields: [String])
  /// A pod refers to what is not there.
  case missing(what: String, name: String, for: String)
  /// A pod asks for what cannot be done on one machine.
  case notHere(String, for: String)

  /// What happened, and where.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
    case .malformed(let path, let reason): "\(path): \(reason)"
    case .notUnderstood(let path, let fields):
      "\(path): \(fields.joined(separator: ", ")): only namespace and resources are understood here"
    case .missing(let what, let name, let user): "\(user): there is no \(what) \(name)"
    case .notHere(let what, let user): "\(user): \(what)"
    }
  }
}
