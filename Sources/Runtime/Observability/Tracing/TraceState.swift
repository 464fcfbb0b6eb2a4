/// What other tracing systems say of a trace, each under its key: passed on as it came (W3C Trace Context,
/// section 3.3).
public struct TraceState: Sendable, Hashable {
  /// The most entries of a list (section 3.3.1.1); one with more is discarded.
  public static let maximumEntries = 32
  /// The most characters that are passed on (section 3.3.1.5): entries go, those that are over
  /// ``longEntry`` first, and always from the end.
  public static let maximumLength = 512
  /// Entries that are longer go before others.
  public static let longEntry = 128

  /// The list as it is sent: `key=value,key=value`; empty for none.
  public let text: String

  /// Without entries.
  public static let empty = TraceState(checked: "")

  /// Whether there are no entries.
  public var isEmpty: Bool { text.isEmpty }

  private init(checked text: String) { self.text = text }

  /// Reads the values of one or more headers, in their order (RFC 9110 section 5.3).
  ///
  /// A list that breaks a rule has no entries: what is wrong with it must not keep the trace from going on.
  public init(_ headers: some Sequence<String>) {
    self = Self.parse(headers) ?? .empty
  }

  private static func parse(_ headers: some Sequence<String>) -> TraceState? {
    var entries: [Substring] = []
    var keys: Set<Substring> = []
    for header in headers {
      for member in header.split(separator: ",") {
        let entry = member.trimmed
        if entry.isEmpty { continue }
        guard let equals = entry.firstIndex(of: "="), isKey(entry[..<equals]),
          isValue(entry[entry.index(after: equals)...]), keys.insert(entry[..<equals]).inserted
        else { return nil }
        entries.append(entry)
        guard entries.count <= maximumEntries else { return nil }
      }
    }
    shorten(&entries)
    return TraceState(checked: entries.joined(separator: ","))
  }

  /// `( lcalpha / DIGIT ) 0*255 ( keychar )`, level 2.
  private static func isKey(_ text: Substring) -> Bool {
    guard (1...256).contains(text.utf8.count), let first = text.utf8.first,
      isLetterOrDigit(first)
    else { return false }
    return text.utf8.allSatisfy { isLetterOrDigit($0) || "_-*/@".utf8.contains($0) }
  }

  /// `0*255(chr) nblk-chr`: printable ASCII without `,` and `=`, the last no blank.
  private static func isValue(_ text: Substring) -> Bool {
    guard (1...256).contains(text.utf8.count), text.utf8.last != UInt8(ascii: " ") else {
      return false
    }
    return text.utf8.allSatisfy {
      (0x20...0x7e).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=")
    }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func shorten(_ entries: inout [Substring]) {
    func length() -> Int { entries.reduce(-1) { $0 + $1.utf8.count + 1 } }
    while length() > maximumLength {
      let long = entries.indices.last { entries[$0].utf8.count > longEntry }
      entries.remove(at: long ?? entries.endIndex - 1)
    }
  }
}

extension Substring {
  /// Without blanks and tabs around it.
  fileprivate var trimmed: Substring {
    var text = self
    while let first = text.utf8.first, first == 0x20 || first == 0x09 { text.removeFirst() }
    while let last = text.utf8.last, last == 0x20 || last == 0x09 { text.removeLast() }
    return text
  }
}
