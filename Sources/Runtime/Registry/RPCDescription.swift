public import Protobuf
public import RPC

/// An RPC with all that a caller needs who has no types: how it is called, how its messages are read
/// and written, and what its contract says about it.
public struct RPCDescription: Sendable {
  /// What the runtime knows of it.
  public let method: MethodDescriptor
  /// The request's message.
  public let request: any Message.Type
  /// The response's message.
  public let response: any Message.Type
  /// The REST operations, such as `POST /api/orders`.
  public let routes: [String]
  /// The WebSocket channel.
  public let channel: String?
  /// Since when it is deprecated and when it goes, in words; nil where the contract does not say.
  public let deprecation: String?
  /// The contract's comment; may be empty.
  public let comment: String

  /// Creates a description; the generator writes it.
  public init(
    _ method: MethodDescriptor, _ request: any Message.Type, _ response: any Message.Type,
    routes: [StaticString] = [], channel: StaticString? = nil, deprecation: StaticString? = nil,
    _ comment: StaticString
  ) {
    self.method = method
    self.request = request
    self.response = response
    self.routes = routes.map(\.description)
    self.channel = channel?.description
    self.deprecation = deprecation?.description
    self.comment = comment.description
  }

  /// The whole name, such as `alphintra.trading.v1.TradingService/PlaceOrder`.
  public var fullName: String { "\(method.service)/\(method.method)" }

  /// The name without the package, such as `TradingService/PlaceOrder`.
  public var name: String { "\(lastComponent(of: method.service))/\(method.method)" }

  /// Reads a request's JSON form and answers its binary form.
  public func encodeRequest(
    json: [UInt8], options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws(JSONDecodingError) -> [UInt8] {
    try request.init(json: json, options: options).serialized()
  }

  /// Reads a response's binary form and answers its JSON form.
  public func decodeResponse(
    _ bytes: [UInt8], options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws(BinaryDecodingError) -> [UInt8] {
    try response.init(serialized: bytes).json(options: options)
  }
}
