extension JSONReader {
  /// Finds the type of the `Any` that comes next, wherever in its object `@type` stands, and leaves
  /// the object still to be read; nil for an empty object, which is then read.
  mutating func beginAny() throws(JSONDecodingError) -> (url: String, type: any Message.Type)? {
    guard typeNames.count < Google.`Any`.maximumDepth else {
      throw failure(.depthLimit(Google.`Any`.maximumDepth))
    }
    _ = peek()
    let open = position
    var found: (url: String, name: UnsafePointer<UInt8>, place: UnsafePointer<UInt8>)?
    var isFirst = true
    var isEmpty = true
    try beginMap()
    while try nextName(isFirst: &isFirst) {
      isEmpty = false
      let name = position
      let isType = try string() == "@type"
      _ = try colon()
      guard isType else {
        try skipValue()
        continue
      }
      guard found == nil else { throw failure(.duplicateField) }
      let place = position
      found = (try string(), name, place)
    }
    if isEmpty { return nil }
    guard let found else {
      throw failure(.typeMismatch(expected: "an object with @type"), at: open)
    }
    guard Google.`Any`.messageName(in: found.url) != nil else {
      throw failure(.typeMismatch(expected: "a URL that ends with a type"), at: found.place)
    }
    guard let type = options.types.type(of: found.url) else {
      throw failure(.unknownType, at: found.place)
    }
    typeNames.append(found.name)
    position = open
    return (found.url, type)
  }

  /// Leaves an `Any`.
  mutating func endAny() { typeNames.removeLast() }

  /// Reads the message of an `Any` and returns its binary form.
  mutating func packed<M: Message>(_ type: M.Type) throws(JSONDecodingError) -> [UInt8] {
    var message = M()
    if M.self is any SpecialJSONForm.Type {
      try mergeValue(into: &message)
    } else {
      try message.merge(from: &self)
    }
    return message.serialized()
  }

  /// Whether the name at `place` is the `@type` of the `Any` being read.
  func isTypeName(at place: UnsafePointer<UInt8>) -> Bool { typeNames.last == place }

  private mutating func mergeValue(into message: inout some Message) throws(JSONDecodingError) {
    let open = position
    var isFirst = true
    var isRead = false
    try beginMap()
    while try nextName(isFirst: &isFirst) {
      let name = position
      let isValue = try string() == "value"
      _ = try colon()
      if isValue {
        guard !isRead else { throw failure(.duplicateField) }
        try message.merge(from: &self)
        isRead = true
      } else {
        guard options.ignoreUnknownFields || isTypeName(at: name) else {
          throw failure(.unknownField)
        }
        try skipValue()
      }
    }
    guard isRead else { throw failure(.typeMismatch(expected: "an object with value"), at: open) }
  }
}
