/// Compression and decompression of gzip data (RFC 1952) by zlib.
///
/// What zlib needs for it, about 260 KiB to deflate and 110 KiB to inflate, is kept and used again.
public enum Gzip {
  private static let deflaters = StreamPool<Deflater>()
  private static let inflaters = StreamPool<Inflater>()

  /// Deflates data into one gzip member, in the way that is fastest.
  ///
  /// - Throws: `GzipError.outOfMemory`.
  public static func deflate(_ data: [UInt8]) throws(GzipError) -> [UInt8] {
    let deflater = try self.deflaters.take(orMake: Deflater.init)
    defer { self.deflaters.put(deflater) }
    return try deflater.deflate(data)
  }

  /// Inflates a whole gzip file held in memory.
  ///
  /// Concatenated members are joined, as `gzip -d` joins them. Checksum and length trailers are
  /// verified.
  ///
  /// - Parameters:
  ///   - data: One or more complete gzip members and nothing after them.
  ///   - byteLimit: The most bytes the result may have; a decompression bomb stops there.
  /// - Throws: `GzipError` if the data is damaged, ends early, is followed by something that is not
  ///   a gzip member, or inflates to more than `byteLimit` bytes.
  public static func inflate(_ data: [UInt8], byteLimit: Int) throws(GzipError) -> [UInt8] {
    let inflater = try self.inflaters.take(orMake: Inflater.init)
    defer { self.inflaters.put(inflater) }
    return try inflater.inflate(data, byteLimit: byteLimit)
  }
}

/// Why gzip data could not be deflated or inflated.
public enum GzipError: Error, Hashable, Sendable {
  /// The data ends before the member's trailer; `offset` is where more was expected.
  case truncated(offset: Int)
  /// The data is not gzip, or its checksum does not hold; `reason` is zlib's own word.
  case corrupt(offset: Int, reason: String)
  /// The inflated data exceeds the limit the caller gave.
  case tooLarge(byteLimit: Int)
  /// zlib could not get the memory it needs.
  case outOfMemory
}

extension GzipError: CustomStringConvertible {
  /// A sentence that names the rule that was broken, and where.
  public var description: String {
    switch self {
    case .truncated(let offset):
      "gzip data ends at byte \(offset), inside a member"
    case .corrupt(let offset, let reason):
      "gzip data is damaged near byte \(offset): \(reason)"
    case .tooLarge(let byteLimit):
      "gzip data inflates to more than \(byteLimit) bytes"
    case .outOfMemory:
      "zlib could not allocate its working memory"
    }
  }
}
