/// Writes the JSON that the edge itself speaks: problems and the envelopes of WebSocket messages.
///
/// The members of messages come from the contracts' own codec and are put in as they are.
struct JSONText {
  /// An object whose members are being written.
  struct Object {
    fileprivate(set) var bytes: [UInt8]
    private var isEmpty = true

    fileprivate init(_ bytes: [UInt8]) {
      self.bytes = bytes
      self.bytes.append(UInt8(ascii: "{"))
    }

    /// Writes a string.
    mutating func field(_ name: StaticString, _ value: String) {
      key(String(describing: name))
      JSONText.append(value, to: &bytes)
    }

    /// Writes a string under a name that is only known at run time.
    mutating func field(_ name: String, _ value: String) {
      key(name)
      JSONText.append(value, to: &bytes)
    }

    /// Writes a number.
    mutating func field(_ name: StaticString, _ value: Int) {
      key(String(describing: name))
      bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a value that is JSON already.
    mutating func field(_ name: StaticString, json: [UInt8]) {
      key(String(describing: name))
      bytes.append(contentsOf: json)
    }

    /// Writes an object.
    mutating func object(_ name: StaticString, _ write: (inout Object) -> Void) {
      key(String(describing: name))
      nested(write)
    }

    /// Writes an array of objects.
    mutating func array<Element>(
      _ name: StaticString, of elements: [Element], _ write: (Element, inout Object) -> Void
    ) {
      key(String(describing: name))
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        nested { write(element, &$0) }
      }
      bytes.append(UInt8(ascii: "]"))
    }

    private mutating func nested(_ write: (inout Object) -> Void) {
      var object = Object(bytes)
      bytes = []
      write(&object)
      bytes = object.finished()
    }

    private mutating func key(_ name: String) {
      if !isEmpty { bytes.append(UInt8(ascii: ",")) }
      isEmpty = false
      JSONText.append(name, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
    }

    fileprivate consuming func finished() -> [UInt8] {
      bytes.append(UInt8(ascii: "}"))
      return bytes
    }
  }

  /// The bytes of one object.
  static func object(_ write: (inout Object) -> Void) -> [UInt8] {
    var object = Object([])
    write(&object)
    return object.finished()
  }

  /// Appends a string with its quotes and escapes (RFC 8259 section 7).
  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
      case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
      case UInt8(ascii: "\r"): bytes.append(contentsOf: #"\r"#.utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: #"\t"#.utf8)
      case 0..<0x20:
        bytes.append(contentsOf: #"\u00"#.utf8)
        bytes.append(hexadecimal[Int(byte >> 4)])
        bytes.append(hexadecimal[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static let hexadecimal = Array("0123456789abcdef".utf8)
}
