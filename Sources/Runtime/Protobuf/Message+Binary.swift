extension Message {
  /// Reads a message from its binary form.
  public init(serialized bytes: UnsafeRawBufferPointer) throws(BinaryDecodingError) {
    self.init()
    guard let start = bytes.baseAddress else { return }
    var reader = BinaryReader(start: start, count: bytes.count)
    do throws(BinaryDecodingError) {
      try merge(from: &reader)
    } catch {
      throw reader.located(error, in: Self.fields)
    }
  }

  /// Reads a message from its binary form.
  public init(serialized bytes: [UInt8]) throws(BinaryDecodingError) {
    self = try bytes.withUnsafeBufferPointer { bytes throws(BinaryDecodingError) in
      try Self(serialized: UnsafeRawBufferPointer(bytes))
    }
  }

  /// The binary form; the order of a map's entries is not defined.
  public func serialized() -> [UInt8] {
    let size = encodedSize()
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      serialize(into: UnsafeMutableRawBufferPointer(buffer), size: size)
      count = size
    }
  }

  /// Writes the binary form to memory the caller owns and returns its length.
  ///
  /// - Precondition: the memory has room for `encodedSize()` bytes.
  @discardableResult
  public func serialize(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let size = encodedSize()
    precondition(buffer.count >= size, "the buffer is smaller than the encoded message")
    serialize(into: buffer, size: size)
    return size
  }

  private func serialize(into buffer: UnsafeMutableRawBufferPointer, size: Int) {
    guard let start = buffer.baseAddress, size > 0 else { return }
    var writer = BinaryWriter(start)
    encode(into: &writer)
    precondition(writer.position == start + size, "\(Self.messageName) counted another size")
  }
}
