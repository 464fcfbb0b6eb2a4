public import Protobuf
public import RPC

/// Why an HTTP request does not make a request of its route's RPC.
public enum TranscodingError: Error {
  /// Parameters of the path or the query are wrong: all of them.
  case parameters([ParameterError])
  /// The body is not the JSON of the message.
  case body(JSONDecodingError)
  /// The route takes no body.
  case unexpectedBody(byteCount: Int)
  /// The request breaks rules of the contract; the error is what the service would answer.
  case invalidRequest(RPCError)
}

extension TranscodingError: CustomStringConvertible {
  /// One sentence for each mistake.
  public var description: String {
    switch self {
    case .parameters(let errors): errors.map(\.description).joined(separator: "; ")
    case .body(let error): "body: \(error)"
    case .unexpectedBody(let count): "the route takes no body, got \(count) bytes"
    case .invalidRequest(let error): error.message
    }
  }
}

extension TranscodingError {
  /// Checks a request by the rules of the contract, so that what the service would refuse is not sent.
  static func check(_ request: some Message) throws(TranscodingError) {
    do throws(RPCError) { try RequestCheck.check(request) } catch { throw .invalidRequest(error) }
  }
}
