/// The percent-encoding of `grpc-message` (gRPC over HTTP/2, "Responses").
///
/// Everything but printable ASCII is escaped, and the percent sign itself. Decoding never fails: what is
/// not an escape is kept, and what is not UTF-8 is repaired, because losing a message helps nobody.
package enum StatusMessage {
  private static let hexadecimal = Array("0123456789ABCDEF".utf8)

  /// The header value of a message.
  package static func encode(_ message: String) -> String {
    guard !message.utf8.allSatisfy(Self.isPlain) else { return message }
    var encoded: [UInt8] = []
    encoded.reserveCapacity(message.utf8.count + 16)
    for byte in message.utf8 {
      if Self.isPlain(byte) {
        encoded.append(byte)
      } else {
        encoded.append(UInt8(ascii: "%"))
        encoded.append(Self.hexadecimal[Int(byte >> 4)])
        encoded.append(Self.hexadecimal[Int(byte & 15)])
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// The message of a header value.
  package static func decode(_ value: String) -> String {
    guard value.utf8.contains(UInt8(ascii: "%")) else { return value }
    let encoded = Array(value.utf8)
    var decoded: [UInt8] = []
    decoded.reserveCapacity(encoded.count)
    var index = 0
    while index < encoded.count {
      if encoded[index] == UInt8(ascii: "%"), index + 2 < encoded.count,
        let high = Self.digit(encoded[index + 1]), let low = Self.digit(encoded[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(encoded[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "%")
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
