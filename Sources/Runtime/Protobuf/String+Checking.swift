extension String {
  /// The text that `count` bytes stand for; nil if they are not UTF-8.
  ///
  /// - Parameter end: Until where there is memory, at least until the end of the text.
  @inlinable
  init?(checking start: UnsafeRawPointer, count: Int, in end: UnsafeRawPointer) {
    if count <= ShortText.maximumCount {
      let text = ShortText(start, count: count, in: end)
      if _fastPath(text.isASCII) {
        self = text.string
        return
      }
    }
    let bytes = UnsafeBufferPointer(
      start: start.assumingMemoryBound(to: UInt8.self), count: count)
    // The public `String(validating:as:)` costs four times as much.
    guard let text = String._tryFromUTF8(bytes) else { return nil }
    self = text
  }
}

/// A text of at most 15 bytes, in two words as `String` holds it.
@frozen @usableFromInline struct ShortText {
  @inlinable static var maximumCount: Int { 15 }

  /// The bytes in their order from the lowest; zeros behind them.
  @usableFromInline let low: UInt64
  @usableFromInline let high: UInt64
  @usableFromInline let count: Int

  /// Loads `count` bytes; nothing at or beyond `end` is touched.
  @inlinable @inline(__always)
  init(_ start: UnsafeRawPointer, count: Int, in end: UnsafeRawPointer) {
    self.count = count
    if _fastPath(end - start >= 16) {
      let isLong = count >= 8
      let mask = ~(UInt64.max &<< UInt64(truncatingIfNeeded: (count & 7) &* 8))
      low = isLong ? start.word : start.word & mask
      high = isLong ? (start + 8).word & mask : 0
    } else {
      var (low, high) = (UInt64(0), UInt64(0))
      for index in 0..<count {
        let byte = UInt64(start.load(fromByteOffset: index, as: UInt8.self))
        if index < 8 { low |= byte &<< UInt64(8 &* index) }
        if index >= 8 { high |= byte &<< UInt64(8 &* (index &- 8)) }
      }
      (self.low, self.high) = (low, high)
    }
  }

  @inlinable @inline(__always) var isASCII: Bool { (low | high) & 0x8080_8080_8080_8080 == 0 }

  /// The text, which is ASCII.
  ///
  /// Every Swift program has this form built in: the standard library's inlined code makes and
  /// reads it. Made here it costs 20 instructions, through the public initializers 130 to 170, and
  /// most texts are short. `TextTests` compares each length with what the library makes.
  @inlinable @inline(__always) var string: String {
    #if _pointerBitWidth(_64)
      let discriminator: UInt64 = 0xe0
      let last = (discriminator | UInt64(truncatingIfNeeded: count)) &<< 56
      var words = (low, high | last)
      // Moved out, since a cast would be followed by a retain.
      return withUnsafeMutablePointer(to: &words) { words in
        UnsafeMutableRawPointer(words).assumingMemoryBound(to: String.self).move()
      }
    #else
      #error("a short string has another form on a machine of 32 bits")
    #endif
  }
}

extension UnsafeRawPointer {
  /// Eight bytes, the first one lowest.
  @inlinable @inline(__always) var word: UInt64 {
    UInt64(littleEndian: loadUnaligned(as: UInt64.self))
  }

  /// Fewer than eight bytes, the first one lowest, zeros behind them.
  @inline(__always) func word(of count: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<count {
      word |= UInt64(load(fromByteOffset: index, as: UInt8.self)) &<< UInt64(8 &* index)
    }
    return word
  }
}
