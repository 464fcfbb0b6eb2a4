/// A UUID of version 7: its text sorts by the time it was made.
///
/// Source: RFC 9562 section 5.7; the 12 bits after the milliseconds carry the fraction of the
/// millisecond (section 6.2, method 3), the other 62 are random.
public struct UUIDv7: Hashable, Sendable {
  /// The 128 bits, most significant first.
  public let bits: UInt128

  init(bits: UInt128) { self.bits = bits }

  /// Makes a UUID of the time `now`.
  ///
  /// - Precondition: `now` is not before the epoch.
  public static func make(
    now: Instant, random: inout some RandomNumberGenerator
  ) -> UUIDv7 {
    precondition(now >= .epoch, "a UUID of version 7 has no time before 1970")
    let milliseconds = UInt64(now.milliseconds) & 0xffff_ffff_ffff
    let microseconds = UInt64(now.microseconds) % 1000
    let fraction = microseconds * 4096 / 1000
    let high = milliseconds << 16 | 0x7000 | fraction
    let low = 0x8000_0000_0000_0000 | random.next() >> 2
    return UUIDv7(bits: UInt128(high) << 64 | UInt128(low))
  }

  /// Makes a UUID of the time `now` with the system's randomness.
  public static func make(now: Instant) -> UUIDv7 {
    var random = SystemRandomNumberGenerator()
    return make(now: now, random: &random)
  }

  /// When the UUID was made, to a millisecond.
  public var time: Instant {
    Instant(microseconds: Int64(UInt64(truncatingIfNeeded: bits >> 80)) * 1000)
  }
}

extension UUIDv7: CustomStringConvertible {
  /// The 36 characters of RFC 9562 section 4, in lower case.
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for nibble in 0..<32 {
        if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
          buffer[position] = UInt8(ascii: "-")
          position += 1
        }
        let value = UInt8(truncatingIfNeeded: bits >> UInt128(124 - nibble * 4)) & 15
        buffer[position] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
        position += 1
      }
      return position
    }
  }
}
