/// The identity of a trace: 16 bytes that are not all zero (W3C Trace Context, section 3.2.2.3).
public struct TraceID: Sendable, Hashable {
  let high: UInt64
  let low: UInt64

  /// An id of two halves; nil for zero.
  init?(high: UInt64, low: UInt64) {
    guard high | low != 0 else { return nil }
    self.high = high
    self.low = low
  }

  /// A new one, at random.
  static func make() -> TraceID {
    let (high, low) = (RandomIDs.traces.next(), RandomIDs.spans.next())
    return TraceID(high: high, low: low) ?? make()
  }

  /// The 16 bytes.
  public var bytes: [UInt8] { high.bigEndianBytes + low.bigEndianBytes }

  /// The part that decides whether a trace is sampled: 56 bits that are random wherever the trace began
  /// (section 5.1).
  var randomness: UInt64 { low & 0x00ff_ffff_ffff_ffff }
}

/// The identity of a span within its trace: 8 bytes that are not all zero (W3C Trace Context,
/// section 3.2.2.4).
public struct SpanID: Sendable, Hashable {
  let value: UInt64

  /// An id of its number; nil for zero.
  init?(_ value: UInt64) {
    guard value != 0 else { return nil }
    self.value = value
  }

  /// A new one, at random.
  static func make() -> SpanID { SpanID(RandomIDs.spans.next()) ?? make() }

  /// The 8 bytes.
  public var bytes: [UInt8] { value.bigEndianBytes }
}

extension TraceID: CustomStringConvertible {
  /// 32 lower-case hexadecimal digits.
  public var description: String {
    String(unsafeUninitializedCapacity: 32) { digits in
      high.write(to: digits, at: 0)
      low.write(to: digits, at: 16)
      return 32
    }
  }
}

extension SpanID: CustomStringConvertible {
  /// 16 lower-case hexadecimal digits.
  public var description: String {
    String(unsafeUninitializedCapacity: 16) { digits in
      value.write(to: digits, at: 0)
      return 16
    }
  }
}

extension UInt64 {
  fileprivate var bigEndianBytes: [UInt8] {
    withUnsafeBytes(of: bigEndian) { Array($0) }
  }

  /// Writes 16 hexadecimal digits.
  func write(to digits: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
    for index in 0..<16 {
      digits[start + index] = UInt8(truncatingIfNeeded: self >> UInt64(60 - 4 * index)).hexDigit
    }
  }
}

extension UInt8 {
  /// The digit of the lower four bits.
  var hexDigit: UInt8 {
    let digit = self & 0xf
    return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}
