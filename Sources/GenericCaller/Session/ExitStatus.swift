public import RPC

/// How the program ends, for scripts.
public enum ExitStatus {
  /// The requests, the certificates or the output failed on this side.
  public static let failure: Int32 = 1
  /// The command line or a request is wrong: nothing was called, or no further.
  public static let usage: Int32 = 64

  /// 64 and the number of the status: 65 for CANCELLED, 80 for UNAUTHENTICATED.
  public static func of(_ code: StatusCode) -> Int32 { 64 + Int32(code.rawValue) }
}

extension CallFailure {
  /// What the program ends with.
  public var exitStatus: Int32 {
    switch self {
    case .usage, .request, .requestCount: ExitStatus.usage
    case .input, .certificates, .output: ExitStatus.failure
    case .status(let error): ExitStatus.of(error.code)
    }
  }
}
