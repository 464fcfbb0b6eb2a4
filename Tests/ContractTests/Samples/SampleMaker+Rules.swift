import Foundation
import Protobuf

/// Values that keep rules: random ones that happen to, else the contract's examples.
extension SampleMaker {
  /// How many random values are looked at before an example is taken.
  private static let attempts = 20

  /// A value of a field, of an entry of a list or a map, or of a map's key.
  ///
  /// Where no random value keeps the rules and there is no example, it breaks them: fine for a message that
  /// is no request.
  ///
  /// - Parameter isSet: Whether it is not the default, which would not be set.
  mutating func leaf(_ kind: FieldCase.Kind, _ rules: RuleCase, isSet: Bool) -> Leaf {
    let example = rules.examples.randomElement(using: &random).map { self.example($0, kind) }
    if let example, chance(30) { return example }
    for _ in 0..<Self.attempts {
      let leaf = leaf(kind)
      if rules.admits(leaf, kind), !(isSet && leaf.isDefault) { return leaf }
    }
    return example ?? leaf(kind)
  }

  /// A value of the contract's text.
  private func example(_ text: String, _ kind: FieldCase.Kind) -> Leaf {
    func number<Number: LosslessStringConvertible>(_: Number.Type) -> Number {
      guard let number = Number(text) else { preconditionFailure("\(text) is no \(Number.self)") }
      return number
    }
    switch kind {
    case .double:
      return Leaf(.eightBytes, WireText.littleEndian(number(Double.self).bitPattern), json: text)
    case .float:
      return Leaf(.fourBytes, WireText.littleEndian(number(Float.self).bitPattern), json: text)
    case .int32: return varint(number(Int32.self)) { UInt64(bitPattern: Int64($0)) }
    case .int64: return varint(number(Int64.self)) { UInt64(bitPattern: $0) }
    case .uint32: return varint(number(UInt32.self)) { UInt64($0) }
    case .uint64: return varint(number(UInt64.self)) { $0 }
    case .sint32: return varint(number(Int32.self)) { WireText.zigZag(Int64($0)) }
    case .sint64: return varint(number(Int64.self), WireText.zigZag)
    case .fixed32: return fixed(number(UInt32.self))
    case .fixed64: return fixed(number(UInt64.self))
    case .sfixed32: return fixed(number(Int32.self))
    case .sfixed64: return fixed(number(Int64.self))
    case .string: return .text(text)
    case .bytes:
      return .quoted(.lengthDelimited, Data(base64Encoded: text).map { [UInt8]($0) } ?? [], text)
    case .decimal: return .quoted(.lengthDelimited, WireText.delimited(1, Array(text.utf8)), text)
    case .enumeration(let type):
      let value = ContractIndex.enums[type.enumName]?.values.first { $0.jsonName == text }
      guard let value else { preconditionFailure("\(type.enumName) has no \(text)") }
      return .quoted(
        .varint, WireText.varint(UInt64(bitPattern: Int64(value.number))), text,
        isDefault: value.number == 0)
    case .bool, .message: preconditionFailure("no examples are stated of \(kind)")
    }
  }
}
