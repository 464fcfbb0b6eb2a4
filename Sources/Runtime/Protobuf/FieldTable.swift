/// The fields of one message as a reader of JSON wants them.
///
/// Its memory is never freed: the fields of a contract live as long as the program, and a reader
/// need not count references to them.
struct FieldTable: @unchecked Sendable {
  /// One field.
  struct Entry {
    /// How the field begins in a text, in words of which the last is filled up with zeros.
    let begin: UnsafePointer<UInt64>
    /// How many bytes that is: the name, a quotation mark and a colon.
    let beginCount: Int
    /// The bytes of the last word that count.
    let lastMask: UInt64
    let number: Int
    /// The position of its oneof among the message's oneofs, or -1.
    let oneof: Int
    /// Whether `null` is a value of the field and not its absence.
    let takesNull: Bool
    let json: StaticString
    let proto: StaticString
    let oneofName: String
  }

  /// How many fields are compared before the hash table is asked: those a text left out are unset.
  private static let lookahead = 4

  let entries: UnsafePointer<Entry>
  let count: Int
  /// Open addressing by the hash of a name; a slot holds a position + 1, or 0.
  private let slots: UnsafePointer<UInt16>
  private let mask: Int

  init(_ fields: [FieldNames.Field]) {
    count = fields.count
    var oneofNames: [String] = []
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: fields.count)
    for (position, field) in fields.enumerated() {
      var oneof = -1
      if let name = field.oneof?.description {
        oneof = oneofNames.firstIndex(of: name) ?? oneofNames.count
        if oneof == oneofNames.count { oneofNames.append(name) }
      }
      (entries + position).initialize(to: Entry(field, oneof: oneof))
    }
    self.entries = UnsafePointer(entries)

    var capacity = 8
    while capacity < fields.count * 4 { capacity *= 2 }
    let slots = UnsafeMutablePointer<UInt16>.allocate(capacity: capacity)
    slots.initialize(repeating: 0, count: capacity)
    mask = capacity - 1
    for (position, field) in fields.enumerated() {
      for name in [field.json, field.proto] {
        var slot = name.withUTF8Buffer { Self.hash($0) } & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt16(position + 1)
      }
    }
    self.slots = UnsafePointer(slots)
  }

  /// The position of the field that begins at `text` in the usual form: its JSON name, not
  /// escaped, the colon right behind it, and it is one of the next in the order of the contract.
  @inline(__always)
  func position(
    at text: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>, expecting expected: Int
  ) -> Int? {
    var position = expected
    let last = min(expected &+ Self.lookahead, count)
    while position < last {
      if entries[position].begins(at: text, before: end) { return position }
      position &+= 1
    }
    return nil
  }

  /// The position of the field with this name in either form.
  func position(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    var slot = Self.hash(name) & mask
    while slots[slot] != 0 {
      let position = Int(slots[slot]) - 1
      let entry = entries[position]
      if entry.json.matches(name) || entry.proto.matches(name) { return position }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// FNV-1a; the names come from the contract, so nobody can choose colliding ones.
  private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt32 = 2_166_136_261
    for byte in name { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return Int(hash >> 1)
  }
}

extension FieldTable.Entry {
  init(_ field: FieldNames.Field, oneof: Int) {
    let name = field.json.withUTF8Buffer { Array($0) } + Array("\":".utf8)
    let wordCount = (name.count + 7) / 8
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: wordCount)
    words.initialize(repeating: 0, count: wordCount)
    UnsafeMutableRawPointer(words).copyMemory(from: name, byteCount: name.count)
    begin = UnsafePointer(words)
    beginCount = name.count
    lastMask = .max >> UInt64((wordCount * 8 - name.count) * 8)
    number = field.number
    self.oneof = oneof
    takesNull = field.takesNull
    json = field.json
    proto = field.proto
    oneofName = field.oneof?.description ?? ""
  }

  @inline(__always)
  func begins(at text: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>) -> Bool {
    let text = UnsafeRawPointer(text)
    var rest = beginCount
    // Whole words are loaded: near the end of the text the other way is taken.
    guard UnsafeRawPointer(end) - text >= (rest &+ 7) & ~7 else { return false }
    var index = 0
    while rest > 8 {
      if (text + 8 &* index).word != begin[index] { return false }
      rest &-= 8
      index &+= 1
    }
    return (text + 8 &* index).word & lastMask == begin[index]
  }
}
