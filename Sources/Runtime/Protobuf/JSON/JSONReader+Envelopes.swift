/// Envelopes: JSON around a message that is no message of a contract itself.
extension JSONReader {
  /// Reads one JSON value with a reader that lives as long as the closure.
  public static func read<Value>(
    _ text: [UInt8], options: JSONDecodingOptions = JSONDecodingOptions(),
    _ body: (inout JSONReader) throws(JSONDecodingError) -> Value
  ) throws(JSONDecodingError) -> Value {
    try text.withUnsafeBufferPointer { bytes throws(JSONDecodingError) in
      guard let start = bytes.baseAddress, !bytes.isEmpty else {
        throw JSONDecodingError(path: "", rule: .syntax(expected: "a value"), value: "the end")
      }
      var reader = try JSONReader(start: start, count: bytes.count, options: options)
      let value = try body(&reader)
      try reader.finish()
      return value
    }
  }

  /// Reads past any value, checking that it is JSON, and returns its text.
  public mutating func rawValue() throws(JSONDecodingError) -> [UInt8] {
    _ = peek()
    let first = position
    try skipValue()
    return [UInt8](UnsafeBufferPointer(start: first, count: position - first))
  }
}
