public import Protobuf

/// A leaf field of a request that the path or the query can fill.
///
///     Parameter("order_id", \TradingV1.GetOrderRequest.orderID)
///     Parameter("symbols", \MarketDataV1.SubscribeQuotesRequest.symbols)
///     Parameter("range.start_time", \TradingV1.ListTradesRequest.range.orNew.startTime)
///
/// A request names it in proto names (`page_size`) or in JSON names (`pageSize`).
public struct Parameter<Request: Message>: Sendable {
  /// The field in proto names, with dots between nested fields.
  public let field: String

  /// The field in JSON names, with dots between nested fields.
  public let jsonName: String

  /// Whether the field is repeated: then the parameter may be given more than once.
  public let isRepeated: Bool

  private let assign: @Sendable (inout Request, ParameterValue) throws(ParameterError) -> Void
  private let isUnset: @Sendable (Request) -> Bool

  /// A field with one value.
  ///
  /// - Parameters:
  ///   - field: The field in proto names.
  ///   - jsonName: The field in JSON names where the contract states another than the usual.
  ///   - path: The field.
  public init<Value: ParameterConvertible>(
    _ field: String, jsonName: String? = nil,
    _ path: any WritableKeyPath<Request, Value> & Sendable
  ) {
    self.init(
      field, jsonName: jsonName, isRepeated: false,
      isUnset: { $0[keyPath: path] == Request()[keyPath: path] },
      assign: { (request, value) throws(ParameterError) in
        request[keyPath: path] = try Value(parameter: value)
      })
  }

  /// A field with any number of values, each one parameter: `symbols=AAPL&symbols=MSFT`.
  public init<Value: ParameterConvertible>(
    _ field: String, jsonName: String? = nil,
    _ path: any WritableKeyPath<Request, [Value]> & Sendable
  ) {
    self.init(
      field, jsonName: jsonName, isRepeated: true,
      isUnset: { $0[keyPath: path].isEmpty },
      assign: { (request, value) throws(ParameterError) in
        request[keyPath: path].append(try Value(parameter: value))
      })
  }

  /// An enum field: a name, short or whole, or a number.
  public init<Value: Enum>(
    _ field: String, jsonName: String? = nil,
    _ path: any WritableKeyPath<Request, Value> & Sendable
  ) {
    self.init(
      field, jsonName: jsonName, isRepeated: false,
      isUnset: { $0[keyPath: path] == Request()[keyPath: path] },
      assign: { (request, value) throws(ParameterError) in
        request[keyPath: path] = try Value(enumParameter: value)
      })
  }

  /// An optional enum field.
  public init<Value: Enum>(
    _ field: String, jsonName: String? = nil,
    _ path: any WritableKeyPath<Request, Value?> & Sendable
  ) {
    self.init(
      field, jsonName: jsonName, isRepeated: false,
      isUnset: { $0[keyPath: path] == nil },
      assign: { (request, value) throws(ParameterError) in
        request[keyPath: path] = try Value(enumParameter: value)
      })
  }

  /// A repeated enum field.
  public init<Value: Enum>(
    _ field: String, jsonName: String? = nil,
    _ path: any WritableKeyPath<Request, [Value]> & Sendable
  ) {
    self.init(
      field, jsonName: jsonName, isRepeated: true,
      isUnset: { $0[keyPath: path].isEmpty },
      assign: { (request, value) throws(ParameterError) in
        request[keyPath: path].append(try Value(enumParameter: value))
      })
  }

  /// A field that no key path reaches, such as a member of a oneof.
  ///
  /// - Parameters:
  ///   - field: The field in proto names.
  ///   - jsonName: The field in JSON names where the contract states another than the usual.
  ///   - isRepeated: Whether the parameter may be given more than once.
  ///   - isUnset: Whether a request holds no value of the field.
  ///   - assign: Puts a value into a request, or adds it to a repeated field.
  public init(
    _ field: String, jsonName: String? = nil, isRepeated: Bool,
    isUnset: @escaping @Sendable (Request) -> Bool,
    assign: @escaping @Sendable (inout Request, ParameterValue) throws(ParameterError) -> Void
  ) {
    self.field = field
    self.jsonName = jsonName ?? FieldName.json(field)
    self.isRepeated = isRepeated
    self.isUnset = isUnset
    self.assign = assign
  }

  /// Puts a value of the query into a request.
  func bindQuery(_ text: String, to request: inout Request) throws(ParameterError) {
    try assign(&request, ParameterValue(field: field, source: .query, text: text))
  }

  /// Puts a value of the path into a request whose body may already have set the field: both then
  /// state the same value.
  func bindPath(_ text: String, to request: inout Request) throws(ParameterError) {
    var bound = request
    try assign(&bound, ParameterValue(field: field, source: .path, text: text))
    guard isUnset(request) || bound == request else {
      throw ParameterError(
        field: field, source: .path, reason: .contradictsPath,
        rule: "has the same value in the path and in the body", value: text)
    }
    request = bound
  }
}

/// The names of one field in its two spellings.
public enum FieldName {
  /// The JSON name of a proto name, segment by segment, as protoc derives it.
  public static func json(_ protoName: String) -> String {
    var result = ""
    var capitalizesNext = false
    for character in protoName {
      if character == "_" {
        capitalizesNext = true
      } else if capitalizesNext, character != "." {
        result += character.uppercased()
        capitalizesNext = false
      } else {
        result.append(character)
        capitalizesNext = false
      }
    }
    return result
  }
}

extension Enum {
  /// Reads a value's name, short or whole, or its number.
  public init(enumParameter parameter: ParameterValue) throws(ParameterError) {
    if let value = Self(jsonName: parameter.text) {
      self = value
    } else if let number = Int32(parameter.text), !parameter.text.hasPrefix("+") {
      self = Self(rawValue: number)
    } else {
      throw parameter.error("is a value of \(Self.enumName)")
    }
  }
}

extension Optional where Wrapped: Message {
  /// The message, or a new one where there is none: lets a key path reach into an absent message.
  public var orNew: Wrapped {
    get { self ?? Wrapped() }
    set { self = newValue }
  }
}
