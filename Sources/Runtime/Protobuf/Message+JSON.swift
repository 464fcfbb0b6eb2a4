extension Message {
  /// Reads a message from its JSON form.
  public init(
    json bytes: UnsafeBufferPointer<UInt8>, options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws(JSONDecodingError) {
    self.init()
    guard let start = bytes.baseAddress, !bytes.isEmpty else {
      throw JSONDecodingError(path: "", rule: .syntax(expected: "a value"), value: "the end")
    }
    var reader = try JSONReader(start: start, count: bytes.count, options: options)
    try merge(from: &reader)
    try reader.finish()
  }

  /// Reads a message from its JSON form.
  public init(
    json bytes: [UInt8], options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws(JSONDecodingError) {
    self = try bytes.withUnsafeBufferPointer { bytes throws(JSONDecodingError) in
      try Self(json: bytes, options: options)
    }
  }

  /// Reads a message from its JSON form.
  public init(
    json text: String, options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws(JSONDecodingError) {
    try self.init(json: Array(text.utf8), options: options)
  }

  /// The JSON form as UTF-8, without blanks, maps sorted by key: equal messages, equal bytes.
  ///
  /// A value that has no JSON form is refused: a time outside years 1 to 9999, an `Any` of a type
  /// that the options' registry does not hold (`JSONEncodingError.Rule` lists them).
  public func validJSON(
    options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws(JSONEncodingError) -> [UInt8] {
    let (bytes, error) = printed(options)
    if let error { throw error }
    return bytes
  }

  /// The same for a reader who takes `null` for a value that has no JSON form: a log, a test.
  public func json(options: JSONEncodingOptions = JSONEncodingOptions()) -> [UInt8] {
    printed(options).bytes
  }

  private func printed(
    _ options: JSONEncodingOptions
  ) -> (bytes: [UInt8], error: JSONEncodingError?) {
    withUnsafeTemporaryAllocation(
      byteCount: OutputBuffer.initialCapacity, alignment: MemoryLayout<UInt>.alignment
    ) { memory in
      var writer = JSONWriter(memory, options: options)
      encode(into: &writer)
      return (writer.bytes, writer.error)
    }
  }

  /// The JSON form as text.
  public func jsonString(options: JSONEncodingOptions = JSONEncodingOptions()) -> String {
    String(decoding: json(options: options), as: UTF8.self)
  }
}
