internal import CArgon2

/// Why a password could not be hashed or compared.
///
/// A wrong password is not an error: ``Argon2id/verify(_:against:)`` answers `false`.
public enum Argon2Error: Error, Sendable, Hashable, CustomStringConvertible {
  /// A parameter, salt or stored hash is outside what Argon2 allows; in the library's words.
  case invalidArgument(String)
  /// The memory for a hash could not be had.
  case outOfMemory
  /// All workers are busy and as many callers wait as may.
  case overloaded(waiting: Int)
  /// The caller was cancelled before its turn came.
  case cancelled

  /// What went wrong.
  public var description: String {
    switch self {
    case .invalidArgument(let reason): reason
    case .outOfMemory: "not enough memory for a password hash"
    case .overloaded(let waiting): "\(waiting) password hashes are waiting already"
    case .cancelled: "cancelled before the password was hashed"
    }
  }

  /// The error for one of the library's codes.
  init(code: Int32) {
    if code == ARGON2_MEMORY_ALLOCATION_ERROR.rawValue {
      self = .outOfMemory
    } else {
      self = .invalidArgument(String(cString: argon2_error_message(code)))
    }
  }
}
