extension JSONWriter {
  /// A field without presence; nothing if it has its default value, unless the options ask.
  @inlinable
  public mutating func field<T: JSONScalar>(
    _ json: StaticString, _ proto: StaticString, _ value: T
  ) {
    if value.isDefault, !options.printingDefaultValues { return }
    name(json, proto)
    value.encode(into: &self)
  }

  /// An optional field; nothing if unset.
  @inlinable
  public mutating func field<T: JSONValue>(
    _ json: StaticString, _ proto: StaticString, _ value: T?
  ) {
    if let value { field(json, proto, present: value) }
  }

  /// A oneof's member, which is set.
  @inlinable
  public mutating func field<T: JSONValue>(
    _ json: StaticString, _ proto: StaticString, present value: T
  ) {
    name(json, proto)
    value.encode(into: &self)
  }

  /// A repeated field; nothing if empty, unless the options ask.
  @inlinable
  public mutating func repeated<T: JSONValue>(
    _ json: StaticString, _ proto: StaticString, _ values: [T]
  ) {
    if values.isEmpty, !options.printingDefaultValues { return }
    name(json, proto)
    array(values)
  }

  /// A map, sorted by key; nothing if empty, unless the options ask.
  @inlinable
  public mutating func map<Key: JSONKey, Value: JSONValue>(
    _ json: StaticString, _ proto: StaticString, _ entries: [Key: Value]
  ) {
    if entries.isEmpty, !options.printingDefaultValues { return }
    name(json, proto)
    object(entries)
  }

  /// The elements of a repeated field.
  @inlinable
  mutating func array<T: JSONValue>(_ values: [T]) {
    beginArray()
    for value in values {
      separate()
      value.encode(into: &self)
    }
    endArray()
  }

  /// The entries of a map, sorted by key.
  @inlinable
  mutating func object<Key: JSONKey, Value: JSONValue>(_ entries: [Key: Value]) {
    beginObject()
    for (key, value) in entries.sorted(by: { Key.precedes($0.key, $1.key) }) {
      separate()
      key.encodeKey(into: &self)
      colon()
      value.encode(into: &self)
    }
    endObject()
  }

  @usableFromInline mutating func colon() { byte(UInt8(ascii: ":")) }
}
