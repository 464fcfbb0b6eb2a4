/// The fields of one message by name, for reading JSON and for naming a field in an error.
///
/// Fields are usually read in the order of the contract, so the expected next one is compared
/// first and the hash table is only asked when that fails.
public final class FieldNames: Sendable {
  /// One field: its number, its two names and the oneof it belongs to.
  public struct Field: Sendable {
    @usableFromInline let number: Int
    @usableFromInline let json: StaticString
    @usableFromInline let proto: StaticString
    @usableFromInline let oneof: StaticString?

    /// A field as the contract declares it.
    public static func field(
      _ number: Int, _ json: StaticString, _ proto: StaticString, oneof: StaticString? = nil
    ) -> Field {
      Field(number: number, json: json, proto: proto, oneof: oneof)
    }
  }

  let fields: [Field]
  /// For each field the position of its oneof among the message's oneofs, or -1.
  let oneofs: [Int]
  /// Open addressing by the hash of a name; a slot holds a position + 1, or 0.
  private let slots: [UInt16]

  /// Takes the fields in the order of the contract.
  public init(_ fields: [Field]) {
    self.fields = fields
    var oneofNames: [String] = []
    oneofs = fields.map { field in
      guard let name = field.oneof?.description else { return -1 }
      if let position = oneofNames.firstIndex(of: name) { return position }
      oneofNames.append(name)
      return oneofNames.count - 1
    }
    var capacity = 8
    while capacity < fields.count * 4 { capacity *= 2 }
    var slots = [UInt16](repeating: 0, count: capacity)
    for (position, field) in fields.enumerated() {
      Self.insert(field.json, position, &slots)
      Self.insert(field.proto, position, &slots)
    }
    self.slots = slots
  }

  /// No fields, for messages whose JSON form is not an object.
  public static let none = FieldNames([])

  /// The name in the contract of a field; its number as text if it has none here.
  func name(of number: Int) -> String {
    fields.first { $0.number == number }?.proto.description ?? "\(number)"
  }

  /// The position of the field with this name in either form.
  func position(of name: UnsafeBufferPointer<UInt8>, expecting expected: Int) -> Int? {
    if expected < fields.count {
      let field = fields[expected]
      if field.json.matches(name) || field.proto.matches(name) { return expected }
    }
    let mask = slots.count - 1
    var slot = Self.hash(name) & mask
    while slots[slot] != 0 {
      let position = Int(slots[slot]) - 1
      let field = fields[position]
      if field.json.matches(name) || field.proto.matches(name) { return position }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private static func insert(_ name: StaticString, _ position: Int, _ slots: inout [UInt16]) {
    let mask = slots.count - 1
    var slot = name.withUTF8Buffer { hash($0) } & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = UInt16(position + 1)
  }

  /// FNV-1a; the names come from the contract, so nobody can choose colliding ones.
  private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt32 = 2_166_136_261
    for byte in name { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return Int(hash >> 1)
  }
}

extension StaticString {
  @inline(__always)
  fileprivate func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    guard utf8CodeUnitCount == name.count, let bytes = name.baseAddress else { return false }
    let mine = utf8Start
    for index in 0..<name.count where mine[index] != bytes[index] { return false }
    return true
  }
}
