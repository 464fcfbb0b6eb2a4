/// What has been read of an object so far: generated code hands it from field to field.
public struct JSONObject {
  let names: FieldNames
  /// The fields set so far, by position: the first 64, and any others.
  private var seen: UInt64 = 0
  private var seenLater: Set<Int> = []
  private var seenOneofs: Set<Int> = []
  /// The position of the field expected next.
  var expected = 0
  var isFirst = true

  init(names: FieldNames) { self.names = names }

  /// Marks a field as set; false if it already was.
  mutating func mark(_ position: Int) -> Bool {
    guard position < 64 else { return seenLater.insert(position).inserted }
    let bit: UInt64 = 1 << UInt64(position)
    defer { seen |= bit }
    return seen & bit == 0
  }

  /// Marks a oneof as set; false if it already was.
  mutating func mark(oneof position: Int) -> Bool { seenOneofs.insert(position).inserted }
}

extension JSONReader {
  /// Opens the object of a message with these fields.
  public mutating func object(_ names: FieldNames) throws(JSONDecodingError) -> JSONObject {
    guard peek() == UInt8(ascii: "{") else { throw mismatch("an object") }
    try descend()
    position += 1
    return JSONObject(names: names)
  }

  /// The number of the next field, its value next to read; nil once the object has closed.
  ///
  /// Fields that are `null` are passed over: null is every field's default (ProtoJSON). Refused are
  /// a field the contract does not know, unless the options say to skip it, one that is set twice
  /// under either name, and a second member of a oneof.
  public mutating func nextField(_ object: inout JSONObject) throws(JSONDecodingError) -> Int? {
    while try nextName(isFirst: &object.isFirst) {
      let name = try stringContent()
      let position = object.names.position(of: name, expecting: object.expected)
      _ = try colon()
      guard let position else {
        guard options.ignoreUnknownFields else { throw failure(.unknownField) }
        try skipValue()
        continue
      }
      object.expected = position + 1
      guard object.mark(position) else { throw failure(.duplicateField) }
      if consume(literal: "null") { continue }
      let oneof = object.names.oneofs[position]
      let field = object.names.fields[position]
      if oneof >= 0, !object.mark(oneof: oneof) {
        throw failure(.oneofConflict(oneof: field.oneof?.description ?? ""))
      }
      return field.number
    }
    return nil
  }

  /// Passes the comma before a name or closes the object; true if a name comes next.
  @usableFromInline
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
