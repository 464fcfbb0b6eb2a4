/// The values bound to a query, in the forms in which they travel.
struct PostgresParameters: Sendable {
  struct Entry: Sendable {
    var type: UInt32
    var start: Int
    /// −1 for NULL.
    var length: Int
    /// Where the placeholder stands in the query, in UTF-8 bytes.
    var placeholder: Int
  }

  private(set) var entries: [Entry] = []
  private var buffer = PostgresParameterBuffer()
  /// The first rule that a value broke; a query with one is never sent.
  private(set) var flaw: String?

  /// The protocol counts parameters in 16 bits.
  static let maxCount = 65_535

  var count: Int { entries.count }

  mutating func append<Value: PostgresEncodable>(_ value: Value, placeholder: Int) {
    let type = Value.postgresType
    let start = buffer.bytes.count
    guard !value.isPostgresNull else {
      entries.append(
        Entry(type: type.rawValue, start: start, length: -1, placeholder: placeholder))
      return
    }
    value.encode(into: &buffer)
    let length = buffer.bytes.count - start
    if type == .inferred {
      // Text ends at a NUL, on the wire as in the server: a NUL inside would cut the value short.
      if buffer.bytes[start...].contains(0) {
        flaw = flaw ?? "parameter $\(entries.count + 1) has a NUL character"
      }
      buffer.bytes.append(0)
    }
    entries.append(
      Entry(type: type.rawValue, start: start, length: length, placeholder: placeholder))
    if entries.count > Self.maxCount {
      flaw = flaw ?? "the query has more than \(Self.maxCount) parameters: bind arrays instead"
    }
  }

  /// Takes a value over from another query.
  mutating func append(_ index: Int, of other: PostgresParameters, placeholder: Int) {
    var entry = other.entries[index]
    let end = entry.start + Swift.max(0, entry.length) + (entry.type == 0 ? 1 : 0)
    let start = buffer.bytes.count
    if entry.length >= 0 { buffer.append(other.buffer.bytes[entry.start..<end]) }
    entry.start = start
    entry.placeholder = placeholder
    entries.append(entry)
    flaw = flaw ?? other.flaw
  }

  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    buffer.bytes.withUnsafeBytes(body)
  }
}
