public import Protobuf

extension Google.Timestamp: ParameterConvertible {
  /// Reads an RFC 3339 time.
  public init(parameter: ParameterValue) throws(ParameterError) {
    self = try jsonText(parameter, rule: "is an RFC 3339 time such as 2026-01-31T09:30:00Z")
  }
}

extension Google.Duration: ParameterConvertible {
  /// Reads seconds with an `s`: `1.5s`.
  public init(parameter: ParameterValue) throws(ParameterError) {
    self = try jsonText(parameter, rule: "is a duration in seconds such as 1.5s")
  }
}

extension Google.FieldMask: ParameterConvertible {
  /// Reads field paths with commas between them.
  public init(parameter: ParameterValue) throws(ParameterError) {
    self = try jsonText(parameter, rule: "is a list of fields with commas between them")
  }
}

extension Google.Wrapper: ParameterConvertible where Coding.Value: ParameterConvertible {
  /// Reads the value of a scalar that can be absent.
  public init(parameter: ParameterValue) throws(ParameterError) {
    self.init(try Coding.Value(parameter: parameter))
  }
}

extension Array: ParameterConvertible where Element == UInt8 {
  /// Reads base64, of either alphabet.
  public init(parameter: ParameterValue) throws(ParameterError) {
    let bytes: Google.BytesValue = try jsonText(parameter, rule: "is base64")
    self = bytes.value
  }
}

/// Reads a message whose JSON is a string.
private func jsonText<Value: Message>(
  _ parameter: ParameterValue, rule: String
) throws(ParameterError) -> Value {
  // No such text needs an escape in JSON, so one that would is wrong.
  let needsEscape = parameter.text.utf8.contains { byte in
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }
  guard !needsEscape else { throw parameter.error(rule) }
  do {
    return try Value(json: "\"\(parameter.text)\"")
  } catch {
    throw parameter.error(rule)
  }
}
