/// Why a peer, a program that others wrote, is of no use.
public enum PeerFailure: Error, CustomStringConvertible {
  /// It is not installed.
  case notSetUp(path: String)
  /// It ended badly; carries what it said.
  case failed(program: String, errors: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .notSetUp(let path): "there is no \(path): run `make setup`"
    case .failed(let program, let errors): "\(program) failed: \(errors)"
    }
  }
}
