public import Protobuf
public import RPC

/// Why a call did not succeed.
public enum CallFailure: Error, Sendable {
  /// The command line is wrong; nothing was sent.
  case usage(String)
  /// The requests could not be read.
  case input(String)
  /// A request, counted from 1, is not the JSON form of its message.
  case request(number: Int, message: String, JSONDecodingError)
  /// The RPC takes one request, and none or more were given.
  case requestCount(String)
  /// The certificates are not there, or not usable.
  case certificates(String)
  /// The response cannot be written: nobody reads it any more.
  case output(String)
  /// The call ended with a status that is not OK.
  case status(RPCError)
}

extension CallFailure: CustomStringConvertible {
  /// What is wrong, without what to do.
  public var description: String {
    switch self {
    case .usage(let problem), .input(let problem), .requestCount(let problem),
      .certificates(let problem), .output(let problem):
      problem
    case .request(_, _, let error): error.description
    case .status(let error): error.description
    }
  }
}
