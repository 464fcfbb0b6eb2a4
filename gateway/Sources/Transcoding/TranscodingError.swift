public import Protobuf

/// Why an HTTP request does not make a request of its route's RPC.
public enum TranscodingError: Error {
  /// Parameters of the path or the query are wrong: all of them.
  case parameters([ParameterError])
  /// The body is not the JSON of the message.
  case body(JSONDecodingError)
  /// The route takes no body.
  case unexpectedBody(byteCount: Int)
}

extension TranscodingError: CustomStringConvertible {
  /// One sentence for each mistake.
  public var description: String {
    switch self {
    case .parameters(let errors): errors.map(\.description).joined(separator: "; ")
    case .body(let error): "body: \(error)"
    case .unexpectedBody(let count): "the route takes no body, got \(count) bytes"
    }
  }
}
