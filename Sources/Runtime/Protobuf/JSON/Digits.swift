extension UnsafeMutableRawPointer {
  /// Stores a number below 10⁸ without leading zeros and passes it; touches eight bytes.
  @inline(__always)
  mutating func storeDigits(_ value: UInt64) {
    let digits = value.eightDigits
    // The digit of the ones is there even if it is zero.
    let zeros = UInt64((digits | 1 &<< 56).trailingZeroBitCount) & ~7
    storeBytes(of: ((digits | UInt64.zeros) &>> zeros).littleEndian, as: UInt64.self)
    self += 8 &- Int(zeros &>> 3)
  }

  /// Stores a number below 10⁸ with leading zeros and passes it.
  @inline(__always)
  mutating func storeEightDigits(_ value: UInt64) {
    storeBytes(of: (value.eightDigits | UInt64.zeros).littleEndian, as: UInt64.self)
    self += 8
  }
}

extension UInt64 {
  /// `00000000` as text.
  fileprivate static let zeros: UInt64 = 0x3030_3030_3030_3030

  /// The eight digits of a number below 10⁸, one in a byte, the first one lowest.
  ///
  /// Halves are split side by side: into four digits, two, one. The factors are 2²⁰ / 100 and
  /// 2¹⁰ / 10, rounded up, which is exact for numbers so small.
  @inline(__always) fileprivate var eightDigits: UInt64 {
    let fours = self / 10_000 | (self % 10_000) &<< 32
    let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007f_0000_007f
    let twos = hundreds | (fours &- hundreds &* 100) &<< 16
    let tens = (twos &* 103) &>> 10 & 0x000f_000f_000f_000f
    return tens | (twos &- tens &* 10) &<< 8
  }
}
