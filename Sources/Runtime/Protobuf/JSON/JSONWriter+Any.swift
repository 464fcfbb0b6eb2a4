extension JSONWriter {
  /// Writes the members of an `Any`, whose object is open.
  mutating func any(_ any: Google.`Any`) {
    field("@type", "@type", any.typeURL)
    guard Google.`Any`.messageName(in: any.typeURL) != nil else {
      return bytes(of: any, .invalidTypeURL)
    }
    guard let type = options.types.type(of: any.typeURL) else {
      return bytes(of: any, .unknownType)
    }
    guard anyDepth < Google.`Any`.maximumDepth else { return bytes(of: any, .anyDepth) }
    anyDepth += 1
    message(of: any, as: type)
    anyDepth -= 1
  }

  private mutating func message<M: Message>(of any: Google.`Any`, as type: M.Type) {
    let message: M
    do throws(BinaryDecodingError) {
      message = try M(serialized: any.value)
    } catch {
      return bytes(of: any, .unreadable(error))
    }
    if M.self is any SpecialJSONForm.Type {
      field("value", "value", present: message)
    } else {
      fields(of: message)
    }
  }

  /// What is left to print of a message that has no JSON form.
  private mutating func bytes(of any: Google.`Any`, _ rule: JSONEncodingError.Rule) {
    note(rule, any.typeURL)
    field("value", "value", any.value)
  }
}
