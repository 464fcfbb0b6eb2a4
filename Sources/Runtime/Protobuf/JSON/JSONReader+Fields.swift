extension JSONReader {
  /// A field without presence.
  @inlinable
  public mutating func field<T: JSONValue>(_ value: inout T) throws(JSONDecodingError) {
    if let read = try T.decode(from: &self) { value = read }
  }

  /// A field of a message type, read in place.
  @inlinable
  public mutating func field<M: Message>(_ value: inout M?) throws(JSONDecodingError) {
    value = M()
    try value?.merge(from: &self)
  }

  /// An optional field.
  @inlinable
  public mutating func field<T: JSONValue>(_ value: inout T?) throws(JSONDecodingError) {
    if let read = try T.decode(from: &self) { value = read }
  }

  /// A oneof's member; nil if it is a name of an enumeration that is to be ignored.
  @inlinable
  public mutating func value<T: JSONValue>(
    as type: T.Type = T.self
  ) throws(JSONDecodingError) -> T? {
    try T.decode(from: &self)
  }

  /// A repeated field.
  @inlinable
  public mutating func repeated<T: JSONValue>(_ values: inout [T]) throws(JSONDecodingError) {
    var isFirst = true
    try beginArray()
    while try nextElement(isFirst: &isFirst) {
      if let value = try T.decode(from: &self) { values.append(value) }
    }
  }

  /// A repeated field of a message type, each element read in place.
  @inlinable
  public mutating func repeated<M: Message>(_ values: inout [M]) throws(JSONDecodingError) {
    var isFirst = true
    try beginArray()
    while try nextElement(isFirst: &isFirst) {
      values.append(M())
      try values[values.count &- 1].merge(from: &self)
    }
  }

  /// A map; a key that occurs twice is an error.
  @inlinable
  public mutating func map<Key: JSONKey, Value: JSONValue>(
    _ entries: inout [Key: Value]
  ) throws(JSONDecodingError) {
    var isFirst = true
    var read = [Key: Value](minimumCapacity: Self.usualMapCount)
    try beginMap()
    while try nextName(isFirst: &isFirst) {
      let key = try Key.decodeKey(from: &self)
      let place = try colon()
      if let value = try Value.decode(from: &self) {
        guard read.updateValue(value, forKey: key) == nil else { throw duplicateKey(at: place) }
      }
    }
    if entries.isEmpty {
      entries = read
    } else {
      entries.merge(read) { _, new in new }
    }
  }

  /// For how many entries of a map memory is reserved before the first is read.
  @inlinable static var usualMapCount: Int { 6 }

  /// Passes the colon and returns where the value begins.
  @usableFromInline
  mutating func colon() throws(JSONDecodingError) -> Int {
    guard consume(UInt8(ascii: ":")) else { throw failure(.syntax(expected: "a colon")) }
    _ = peek()
    return position - start
  }

  @usableFromInline
  func duplicateKey(at offset: Int) -> JSONDecodingError {
    failure(.duplicateField, at: start + offset)
  }
}
