import Foundation
import Protobuf
import TestSupport

/// Values at the edges of their types come up more often than by chance.
extension SampleMaker {
  mutating func leaf(_ kind: FieldCase.Kind) -> Leaf {
    switch kind {
    case .double: return floating { WireText.littleEndian($0.bitPattern) }
    case .float: return floating { WireText.littleEndian(Float($0).bitPattern) }
    case .int32: return varint(integer(Int32.self)) { UInt64(bitPattern: Int64($0)) }
    case .int64: return varint(integer(Int64.self)) { UInt64(bitPattern: $0) }
    case .uint32: return varint(integer(UInt32.self)) { UInt64($0) }
    case .uint64: return varint(integer(UInt64.self)) { $0 }
    case .sint32: return varint(integer(Int32.self)) { WireText.zigZag(Int64($0)) }
    case .sint64: return varint(integer(Int64.self), WireText.zigZag)
    case .fixed32: return fixed(integer(UInt32.self))
    case .fixed64: return fixed(integer(UInt64.self))
    case .sfixed32: return fixed(integer(Int32.self))
    case .sfixed64: return fixed(integer(Int64.self))
    case .bool:
      let value = chance(50)
      return Leaf(.varint, [value ? 1 : 0], json: "\(value)", isDefault: !value)
    case .string: return .text(text())
    case .bytes:
      let bytes = (0..<Int.random(in: 0...9, using: &random)).map { _ in
        UInt8(truncatingIfNeeded: random.next())
      }
      return .quoted(
        .lengthDelimited, bytes, Data(bytes).base64EncodedString(), isDefault: bytes.isEmpty)
    case .decimal: return decimal()
    case .enumeration(let type): return enumeration(type)
    case .message: preconditionFailure("a message is no leaf")
    }
  }

  /// A message of google.protobuf that has a JSON form of its own; nil for any other.
  mutating func wellKnown(_ type: any Message.Type) -> Leaf? {
    switch type.messageName {
    case "google.protobuf.Timestamp": return timestamp()
    case "google.protobuf.Duration": return duration()
    case "google.protobuf.Empty": return Leaf(.lengthDelimited, [], json: "{}")
    case "google.protobuf.FieldMask":
      return .quoted(
        .lengthDelimited,
        ["order_id", "legs.unit_price"].flatMap { WireText.delimited(1, Array($0.utf8)) },
        "orderId,legs.unitPrice")
    case "google.protobuf.StringValue": return wrapped(.string)
    case "google.protobuf.BytesValue": return wrapped(.bytes)
    case "google.protobuf.BoolValue": return wrapped(.bool)
    case "google.protobuf.DoubleValue": return wrapped(.double)
    case "google.protobuf.FloatValue": return wrapped(.float)
    case "google.protobuf.Int32Value": return wrapped(.int32)
    case "google.protobuf.Int64Value": return wrapped(.int64)
    case "google.protobuf.UInt32Value": return wrapped(.uint32)
    case "google.protobuf.UInt64Value": return wrapped(.uint64)
    default: return nil
    }
  }

  private mutating func wrapped(_ kind: FieldCase.Kind) -> Leaf {
    let value = leaf(kind)
    return Leaf(
      .lengthDelimited, value.isDefault ? [] : Sample.Value.leaf(value).binary(number: 1),
      json: value.json, parameter: value.parameter)
  }

  private mutating func integer<T: FixedWidthInteger>(_ type: T.Type) -> T {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: [T.min, .max, 0, 1, T(truncatingIfNeeded: -1)].randomElement(using: &random) ?? 0
    case 1: T(truncatingIfNeeded: Int.random(in: -200...200, using: &random))
    default:
      T(truncatingIfNeeded: random.next()) >> T(Int.random(in: 0..<T.bitWidth, using: &random))
    }
  }

  /// JSON has 64-bit integers in strings.
  private func number<T: FixedWidthInteger>(
    _ wireType: Leaf.WireType, _ bytes: [UInt8], _ value: T
  ) -> Leaf {
    T.bitWidth == 64
      ? .quoted(wireType, bytes, "\(value)", isDefault: value == 0)
      : Leaf(wireType, bytes, json: "\(value)", isDefault: value == 0)
  }

  func varint<T: FixedWidthInteger>(_ value: T, _ bits: (T) -> UInt64) -> Leaf {
    number(.varint, WireText.varint(bits(value)), value)
  }

  func fixed(_ value: some FixedWidthInteger) -> Leaf {
    let bytes = WireText.littleEndian(value)
    return number(bytes.count == 8 ? .eightBytes : .fourBytes, bytes, value)
  }

  /// A number whose digits are the same whatever prints them.
  private mutating func floating(_ bytes: (Double) -> [UInt8]) -> Leaf {
    let eighths = Int.random(in: -8000...8000, using: &random)
    let value = Double(eighths) / 8
    let isWhole = eighths % 8 == 0
    let bytes = bytes(value)
    return Leaf(
      bytes.count == 8 ? .eightBytes : .fourBytes, bytes,
      json: isWhole ? "\(eighths / 8)" : "\(value)", isDefault: eighths == 0)
  }

  private mutating func text() -> String {
    let palette = Array("aZ09 \"\\/\n\t\u{1}\u{1f}\u{7f}éß日本🦔\u{10ffff}\u{2028}%_-.,:{}[]&=+?#")
    return String(
      (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
        palette.randomElement(using: &random)
      })
  }

  /// A decimal in its canonical text.
  private mutating func decimal() -> Leaf {
    let text =
      ["0", "1", "-1", "0.1", "101.25", "-0.000000000000000001", "99999999999999999999"]
      .randomElement(using: &random) ?? "0"
    return .quoted(.lengthDelimited, WireText.delimited(1, Array(text.utf8)), text)
  }

  /// A value of the contract, or now and then one that a newer contract may have.
  private mutating func enumeration(_ type: any Enum.Type) -> Leaf {
    // The enum with one value, which JSON shows as `null`.
    if type.enumName == "google.protobuf.NullValue" {
      return Leaf(.varint, [0], json: "null", isDefault: true)
    }
    let values = ContractIndex.enums[type.enumName]?.values.filter { !$0.isAlias } ?? []
    guard let value = values.randomElement(using: &random), !(makesUnknownNumbers && chance(10))
    else {
      let number = 1000 + Int32.random(in: 0..<1000, using: &random)
      return Leaf(.varint, WireText.varint(UInt64(number)), json: "\(number)")
    }
    return .quoted(
      .varint, WireText.varint(UInt64(bitPattern: Int64(value.number))), value.jsonName,
      isDefault: value.number == 0)
  }

  private static let seconds: [(Int64, String)] = [
    (-62_135_596_800, "0001-01-01T00:00:00"), (-1, "1969-12-31T23:59:59"),
    (0, "1970-01-01T00:00:00"), (951_782_400, "2000-02-29T00:00:00"),
    (1_700_000_000, "2023-11-14T22:13:20"), (253_402_300_799, "9999-12-31T23:59:59"),
  ]

  private mutating func timestamp() -> Leaf {
    let (seconds, text) = Self.seconds.randomElement(using: &random) ?? (0, "1970-01-01T00:00:00")
    let (nanos, fraction) = fraction()
    return .quoted(.lengthDelimited, secondsAndNanos(seconds, nanos), "\(text)\(fraction)Z")
  }

  private mutating func duration() -> Leaf {
    let seconds = Int64.random(in: 0...315_576_000_000, using: &random)
    let (nanos, fraction) = seconds == 315_576_000_000 ? (0, "") : fraction()
    let isNegative = chance(30) && (seconds > 0 || nanos > 0)
    let sign: Int64 = isNegative ? -1 : 1
    return .quoted(
      .lengthDelimited, secondsAndNanos(sign * seconds, Int32(sign) * nanos),
      "\(isNegative ? "-" : "")\(seconds)\(fraction)s")
  }

  /// Nothing, or three, six or nine digits.
  private mutating func fraction() -> (Int32, String) {
    let digits = [0, 3, 6, 9].randomElement(using: &random) ?? 0
    guard digits > 0 else { return (0, "") }
    let limit = (0..<digits).reduce(1) { power, _ in power * 10 }
    // The last group is not zero, or it would not be printed.
    let value =
      Int.random(in: 0..<limit / 1000, using: &random) * 1000
      + Int.random(in: 1...999, using: &random)
    let text = "\(value)"
    let scale = 1_000_000_000 / limit
    return (Int32(value * scale), "." + String(repeating: "0", count: digits - text.count) + text)
  }

  private func secondsAndNanos(_ seconds: Int64, _ nanos: Int32) -> [UInt8] {
    (seconds == 0 ? [] : WireText.tag(1, .varint) + WireText.varint(UInt64(bitPattern: seconds)))
      + (nanos == 0
        ? [] : WireText.tag(2, .varint) + WireText.varint(UInt64(bitPattern: Int64(nanos))))
  }
}
