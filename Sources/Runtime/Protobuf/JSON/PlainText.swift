extension UInt64 {
  /// Of eight bytes those that are a quotation mark, a backslash or below 0x20.
  ///
  /// The lowest bit that is set belongs to the first such byte; those above it may be wrong.
  @inline(__always) var bytesThatEndPlainText: UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = self ^ (ones &* UInt64(UInt8(ascii: "\"")))
    let backslashes = self ^ (ones &* UInt64(UInt8(ascii: "\\")))
    let found =
      ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
      | ((self &- ones &* 0x20) & ~self)
    return found & (ones &* 0x80)
  }
}
