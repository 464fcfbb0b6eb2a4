extension Message {
  /// Reads a message from its binary form.
  @inlinable
  public init(serialized bytes: UnsafeRawBufferPointer) throws(BinaryDecodingError) {
    self.init()
    try merge(serialized: bytes)
  }

  /// Reads a message from its binary form.
  @inlinable
  public init(serialized bytes: [UInt8]) throws(BinaryDecodingError) {
    self.init()
    try bytes.withUnsafeBufferPointer { bytes throws(BinaryDecodingError) in
      try merge(serialized: UnsafeRawBufferPointer(bytes))
    }
  }

  @inlinable
  mutating func merge(serialized bytes: UnsafeRawBufferPointer) throws(BinaryDecodingError) {
    guard let start = bytes.baseAddress else { return }
    var reader = BinaryReader(start: start, count: bytes.count)
    do throws(BinaryDecodingError) {
      try merge(from: &reader)
    } catch {
      throw reader.located(error, in: Self.fields)
    }
  }

  /// The binary form; the order of a map's entries is not defined.
  @inlinable
  public func serialized() -> [UInt8] {
    withUnsafeTemporaryAllocation(
      byteCount: OutputBuffer.initialCapacity, alignment: MemoryLayout<UInt>.alignment
    ) { memory in
      var writer = BinaryWriter(memory)
      encode(into: &writer)
      return writer.output.bytes
    }
  }
}
