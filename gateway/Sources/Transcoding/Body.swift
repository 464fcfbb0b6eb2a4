public import Protobuf

/// What the body of a route's request becomes.
public struct Body<Request: Message>: Sendable {
  /// The rule as a route's caller sees it.
  public enum Rule: Sendable, Hashable {
    /// There is no body; every field outside the path comes from the query.
    case none
    /// The body is the request; there is no query.
    case whole
    /// The body is one message field, in proto names; the others come from the query.
    case field(String)
  }

  /// The rule.
  public let rule: Rule

  private let decode: @Sendable ([UInt8], inout Request) throws(JSONDecodingError) -> Void

  private init(
    _ rule: Rule,
    _ decode: @escaping @Sendable ([UInt8], inout Request) throws(JSONDecodingError) -> Void
  ) {
    self.rule = rule
    self.decode = decode
  }

  /// There is no body; every field outside the path comes from the query.
  public static var none: Body { Body(.none) { _, _ in } }

  /// The body is the request; there is no query.
  ///
  /// An empty body is an empty request.
  public static var whole: Body {
    Body(.whole) { (bytes, request) throws(JSONDecodingError) in
      guard !bytes.isEmpty else { return }
      request = try Request(json: bytes)
    }
  }

  /// The body is one message field; the others come from the query.
  ///
  /// - Parameters:
  ///   - field: The field in proto names.
  ///   - path: The field.
  public static func field<Value: Message>(
    _ field: String, _ path: any WritableKeyPath<Request, Value?> & Sendable
  ) -> Body {
    Body(.field(field)) { (bytes, request) throws(JSONDecodingError) in
      guard !bytes.isEmpty else { return }
      request[keyPath: path] = try Value(json: bytes)
    }
  }

  /// Decodes a body into an empty request.
  func request(_ bytes: [UInt8]) throws(TranscodingError) -> Request {
    var request = Request()
    if rule == .none, !bytes.isEmpty { throw .unexpectedBody(byteCount: bytes.count) }
    do throws(JSONDecodingError) {
      try decode(bytes, &request)
    } catch {
      throw .body(error)
    }
    return request
  }
}
