/// A value without fields of its own, in both its forms.
struct Leaf: Sendable {
  enum WireType: Int, Sendable {
    case varint = 0
    case eightBytes = 1
    case lengthDelimited = 2
    case fourBytes = 5
  }

  let wireType: WireType
  /// The value on the wire, without tag and length.
  let bytes: [UInt8]
  /// The value in JSON.
  let json: String
  /// Whether a field without presence is not sent with it.
  let isDefault: Bool

  /// The text by which a path or a query states the value.
  let parameter: String

  init(
    _ wireType: WireType, _ bytes: [UInt8], json: String, parameter: String? = nil,
    isDefault: Bool = false
  ) {
    self.wireType = wireType
    self.bytes = bytes
    self.json = json
    self.parameter = parameter ?? json
    self.isDefault = isDefault
  }

  /// A value that JSON shows as a string without escapes.
  static func quoted(
    _ wireType: WireType, _ bytes: [UInt8], _ text: String, isDefault: Bool = false
  ) -> Leaf {
    Leaf(wireType, bytes, json: "\"\(text)\"", parameter: text, isDefault: isDefault)
  }

  /// Any text.
  static func text(_ text: String) -> Leaf {
    Leaf(
      .lengthDelimited, Array(text.utf8), json: jsonString(text), parameter: text,
      isDefault: text.isEmpty)
  }

  /// A string in JSON as RFC 8259 section 7 says, with no more escapes than it demands.
  static func jsonString(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": json += "\\\""
      case "\\": json += "\\\\"
      case "\u{08}": json += "\\b"
      case "\t": json += "\\t"
      case "\n": json += "\\n"
      case "\u{0c}": json += "\\f"
      case "\r": json += "\\r"
      case "\u{00}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }
}

/// The pieces of the wire format (protobuf, "Encoding").
enum WireText {
  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func zigZag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: value << 1) ^ UInt64(bitPattern: value >> 63)
  }

  static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func tag(_ number: Int, _ type: Leaf.WireType) -> [UInt8] {
    varint(UInt64(number) << 3 | UInt64(type.rawValue))
  }

  static func delimited(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    tag(number, .lengthDelimited) + varint(UInt64(bytes.count)) + bytes
  }
}
