/// What has been read of an object so far: generated code hands it from field to field.
public struct JSONObject {
  let table: FieldTable
  private var seen = PositionSet()
  private var seenOneofs = PositionSet()
  /// The position of the field expected next.
  var expected = 0
  var isFirst = true

  init(_ table: FieldTable) { self.table = table }

  /// Marks a field as set; false if it already was.
  @inline(__always)
  mutating func mark(_ position: Int) -> Bool { seen.insert(position) }

  /// Marks a oneof as set; false if it already was.
  @inline(__always)
  mutating func mark(oneof position: Int) -> Bool { seenOneofs.insert(position) }
}

/// A set of small numbers that allocates nothing for those below 64.
private struct PositionSet {
  private var bits: UInt64 = 0
  private var others: Set<Int>?

  /// Adds a number; false if it was there.
  @inline(__always)
  mutating func insert(_ position: Int) -> Bool {
    guard position < 64 else { return insert(other: position) }
    let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: position)
    defer { bits |= bit }
    return bits & bit == 0
  }

  @inline(never)
  private mutating func insert(other position: Int) -> Bool {
    var others = others ?? []
    self.others = nil
    defer { self.others = others }
    return others.insert(position).inserted
  }
}

extension JSONReader {
  /// Opens the object of a message with these fields.
  public mutating func object(_ names: FieldNames) throws(JSONDecodingError) -> JSONObject {
    guard peek() == UInt8(ascii: "{") else { throw mismatch("an object") }
    try descend()
    position += 1
    return JSONObject(names.table)
  }

  /// The number of the next field, its value next to read; nil once the object has closed.
  ///
  /// Fields that are `null` are passed over, which is every field's default (ProtoJSON) but of a
  /// `google.protobuf.Value` and a `NullValue`. Refused are a field the contract does not know,
  /// unless the options say to skip it, one that is set twice under either name, and a second
  /// member of a oneof.
  public mutating func nextField(_ object: inout JSONObject) throws(JSONDecodingError) -> Int? {
    while try nextName(isFirst: &object.isFirst) {
      guard let position = try fieldPosition(&object) else {
        try skipValue()
        continue
      }
      object.expected = position &+ 1
      let first = peek()
      guard object.mark(position) else { throw failure(.duplicateField) }
      let field = object.table.entries + position
      if first == UInt8(ascii: "n"), consume(literal: "null") {
        guard field.pointee.takesNull else { continue }
        self.position -= 4
      }
      let oneof = field.pointee.oneof
      if oneof >= 0, !object.mark(oneof: oneof) {
        throw failure(.oneofConflict(oneof: field.pointee.oneofName))
      }
      return field.pointee.number
    }
    return nil
  }

  /// Passes a name and the colon; nil for a field that is to be skipped.
  @inline(__always)
  private mutating func fieldPosition(
    _ object: inout JSONObject
  ) throws(JSONDecodingError) -> Int? {
    let table = object.table
    let name = position + 1
    if let usual = table.position(at: name, before: end, expecting: object.expected) {
      position = name + table.entries[usual].beginCount
      return usual
    }
    return try anyFieldPosition(table)
  }

  @inline(never)
  private mutating func anyFieldPosition(_ table: FieldTable) throws(JSONDecodingError) -> Int? {
    let name = position
    let found = table.position(of: try stringContent())
    _ = try colon()
    guard found != nil || options.ignoreUnknownFields || isTypeName(at: name) else {
      throw failure(.unknownField)
    }
    return found
  }

  /// Passes the comma before a name or closes the object; true if a name comes next.
  @usableFromInline @inline(__always)
  mutating func nextName(isFirst: inout Bool) throws(JSONDecodingError) -> Bool {
    if consume(UInt8(ascii: "}")) {
      ascend()
      return false
    }
    if !isFirst, !consume(UInt8(ascii: ",")) { throw failure(.syntax(expected: "a comma or }")) }
    isFirst = false
    guard peek() == UInt8(ascii: "\"") else { throw failure(.syntax(expected: "a name")) }
    return true
  }

  /// Passes the comma before an element or closes the array; true if an element comes next.
  @usableFromInline
  mutating func nextElement(isFirst: inout Bool) throws(JSONDecodingError) -> Bool {
    if consume(UInt8(ascii: "]")) {
      ascend()
      return false
    }
    if !isFirst, !consume(UInt8(ascii: ",")) { throw failure(.syntax(expected: "a comma or ]")) }
    isFirst = false
    _ = peek()
    return true
  }

  @usableFromInline
  mutating func beginArray() throws(JSONDecodingError) {
    guard peek() == UInt8(ascii: "[") else { throw mismatch("an array") }
    try descend()
    position += 1
  }

  @usableFromInline
  mutating func beginMap() throws(JSONDecodingError) {
    guard peek() == UInt8(ascii: "{") else { throw mismatch("an object") }
    try descend()
    position += 1
  }

  /// Reads past any value, checking that it is JSON.
  public mutating func skipValue() throws(JSONDecodingError) {
    guard let first = peek() else { throw failure(.syntax(expected: "a value")) }
    var isFirst = true
    switch first {
    case UInt8(ascii: "{"):
      try beginMap()
      while try nextName(isFirst: &isFirst) {
        _ = try string()
        _ = try colon()
        try skipValue()
      }
    case UInt8(ascii: "["):
      try beginArray()
      while try nextElement(isFirst: &isFirst) { try skipValue() }
    case UInt8(ascii: "\""): _ = try string()
    default:
      if Self.beginsNumber(first) {
        _ = try number()
      } else if !consume(literal: "true"), !consume(literal: "false"), !consume(literal: "null") {
        throw failure(.syntax(expected: "a value"))
      }
    }
  }
}
