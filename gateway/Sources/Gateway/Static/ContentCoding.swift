/// Which content coding a client wants (RFC 9110 section 12.5.3).
enum ContentCoding {
  /// Whether a client's `Accept-Encoding` takes gzip.
  ///
  /// A weight of zero refuses; `gzip` counts before `*`. Without the header a client may get anything, but
  /// those that send none rarely decode.
  static func takesGzip(_ fields: [String]) -> Bool {
    var wildcard: Bool?
    for element in fields.joined(separator: ",").split(separator: ",") {
      let parts = element.split(separator: ";").map(trim)
      guard let coding = parts.first?.lowercased() else { continue }
      let isWanted = parts.dropFirst().allSatisfy { !isZeroWeight($0) }
      if coding == "gzip" || coding == "x-gzip" { return isWanted }
      if coding == "*" { wildcard = isWanted }
    }
    return wildcard ?? false
  }

  /// `q=0`, `q=0.000`.
  private static func isZeroWeight(_ parameter: String) -> Bool {
    let text = parameter.lowercased()
    guard text.hasPrefix("q=") else { return false }
    let digits = text.dropFirst(2)
    return !digits.isEmpty && digits.allSatisfy { $0 == "0" || $0 == "." }
  }

  private static func trim(_ text: Substring) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
