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
  public func json(options: JSONEncodingOptions = JSONEncodingOptions()) -> [UInt8] {
    withUnsafeTemporaryAllocation(
      byteCount: OutputBuffer.initialCapacity, alignment: MemoryLayout<UInt>.alignment
    ) { memory in
      var writer = JSONWriter(memory, options: options)
      encode(into: &writer)
      return writer.bytes
    }
  }

  /// The JSON form as text.
  public func jsonString(options: JSONEncodingOptions = JSONEncodingOptions()) -> String {
    String(decoding: json(options: options), as: UTF8.self)
  }
}
