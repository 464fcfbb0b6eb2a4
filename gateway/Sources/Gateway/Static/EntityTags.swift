/// The entity tags of an `If-None-Match` (RFC 9110 section 13.1.2).
enum EntityTags {
  /// Whether a list of tags names one of these, or is `*`.
  ///
  /// Weak tags count as strong ones, as the comparison of this header is weak. What is malformed matches
  /// nothing: the file is sent again.
  static func list(_ fields: [String], namesOneOf tags: [String]) -> Bool {
    let text = fields.joined(separator: ",")
    if text.filter({ $0 != " " }) == "*" { return true }
    var rest = text.utf8[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "\"")) {
      let opaque = rest[rest.index(after: start)...]
      guard let end = opaque.firstIndex(of: UInt8(ascii: "\"")) else { return false }
      if tags.contains(String(rest[start...end]) ?? "") { return true }
      rest = rest[rest.index(after: end)...]
    }
    return false
  }
}
