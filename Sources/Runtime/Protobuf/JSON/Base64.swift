/// Base64 of RFC 4648: printed by section 4; section 5 and a lack of padding are read.
package enum Base64 {
  private static let alphabet: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  /// How many characters `count` bytes become.
  static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

  /// Writes the characters and returns how many.
  static func encode(_ bytes: [UInt8], to target: UnsafeMutablePointer<UInt8>) -> Int {
    let characters = alphabet.utf8Start
    var position = 0
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      let group =
        UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[index + 2]) : 0)
      target[position] = characters[Int(group >> 18)]
      target[position + 1] = characters[Int(group >> 12 & 63)]
      target[position + 2] = left > 1 ? characters[Int(group >> 6 & 63)] : UInt8(ascii: "=")
      target[position + 3] = left > 2 ? characters[Int(group & 63)] : UInt8(ascii: "=")
      position += 4
      index += 3
    }
    return position
  }

  /// The characters without padding, as metadata of a call wants them.
  package static func encodeUnpadded(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { target in
      guard let start = target.baseAddress else { return 0 }
      _ = encode(bytes, to: start)
      return (bytes.count * 4 + 2) / 3
    }
  }

  /// The bytes a text stands for; nil if it is not base64 in either alphabet.
  ///
  /// Padding may be absent but not wrong. Bits beyond the last byte are ignored, as in other
  /// implementations of ProtoJSON.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    text.withContiguousStorageIfAvailable { decode(contiguous: $0) }
      ?? Array(text).withUnsafeBufferPointer { decode(contiguous: $0) }
  }

  private static func decode(contiguous text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var count = text.count
    while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    guard count == text.count || text.count % 4 == 0, count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * 3 / 4)
    var group: UInt32 = 0
    var bits: UInt32 = 0
    for index in 0..<count {
      guard let value = text[index].base64Value else { return nil }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: group >> bits))
      }
    }
    return bytes
  }
}

extension UInt8 {
  fileprivate var base64Value: UInt8? {
    switch self {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): self - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): self - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
