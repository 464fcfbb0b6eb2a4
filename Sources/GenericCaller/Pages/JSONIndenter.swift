/// Sets compact JSON one value a line, two spaces a level.
public enum JSONIndenter {
  /// The same JSON, for a person; what is no JSON comes out as it went in, with line breaks.
  public static func indented(_ json: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(json.count * 2)
    var depth = 0
    var isInString = false
    var isEscaped = false
    for (index, byte) in json.enumerated() {
      if isInString {
        output.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        isInString = true
        output.append(byte)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        output.append(byte)
        let isEmpty = index + 1 < json.count && closes(json[index + 1])
        depth += 1
        if !isEmpty { breakLine(&output, depth) }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth = max(0, depth - 1)
        if index > 0, !opens(json[index - 1]) { breakLine(&output, depth) }
        output.append(byte)
      case UInt8(ascii: ","):
        output.append(byte)
        breakLine(&output, depth)
      case UInt8(ascii: ":"):
        output += [byte, UInt8(ascii: " ")]
      default:
        output.append(byte)
      }
    }
    return output
  }

  private static func breakLine(_ output: inout [UInt8], _ depth: Int) {
    output.append(UInt8(ascii: "\n"))
    output += [UInt8](repeating: UInt8(ascii: " "), count: depth * 2)
  }

  private static func opens(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
  }

  private static func closes(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
  }
}
