/// The path of a route in the grammar of `google.api.http`.
///
///     Template  = "/" Segments [ Verb ] ;
///     Segments  = Segment { "/" Segment } ;
///     Segment   = "*" | "**" | LITERAL | Variable ;
///     Variable  = "{" FieldPath [ "=" Segments ] "}" ;
///     FieldPath = IDENT { "." IDENT } ;
///     Verb      = ":" LITERAL ;
///
/// `**` stands last. `{name}` is `{name=*}`. A variable holds no other variable, and no field is bound
/// twice. A literal is written in the characters a path may hold unencoded, or percent-encoded.
public struct PathTemplate: Sendable, Hashable {
  /// One part of the path between slashes.
  public enum Segment: Sendable, Hashable {
    /// Matches exactly this text, after percent-decoding.
    case literal(String)
    /// `*`: matches one segment that is not empty.
    case any
    /// `**`: matches all remaining segments, also none.
    case rest
  }

  /// A field of the request that takes its value from the path.
  public struct Variable: Sendable, Hashable {
    /// The field in proto names, with dots between nested fields: `order.order_id`.
    public let fieldPath: String

    /// The template's segments whose text is the value.
    public let segments: Range<Int>

    /// Whether the value can span slashes.
    ///
    /// Such a value keeps `%2F` encoded, so that an encoded slash inside a segment stays apart from
    /// the slash between two.
    public let spansSegments: Bool
  }

  /// The segments, with every variable replaced by what it matches.
  public let segments: [Segment]

  /// The variables, from left to right.
  public let variables: [Variable]

  /// What follows the last colon, if the template has a verb: `cancel` in `/orders/{id}:cancel`.
  public let verb: String?

  /// The template as it was written.
  public let text: String

  /// Parses a template.
  ///
  /// - Throws: `PathTemplateError` with the offset, in bytes, of the first mistake.
  public init(_ text: String) throws(PathTemplateError) {
    var parser = PathTemplateParser(text)
    try parser.parse()
    self.text = text
    self.segments = parser.segments
    self.variables = parser.variables
    self.verb = parser.verb
  }

  /// Templates are equal when they are written alike.
  public static func == (left: PathTemplate, right: PathTemplate) -> Bool {
    left.text == right.text
  }

  /// Hashes the text.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(text)
  }

  /// The values of the variables in a path that this template matches.
  func values(in path: RequestPath, verb matchedVerb: String?) -> [(
    fieldPath: String, text: String
  )] {
    let segments = path.segments(withoutVerb: matchedVerb != nil)
    return variables.map { variable in
      let end =
        self.segments[variable.segments].last == .rest
        ? segments.count : variable.segments.upperBound
      let slice = segments[variable.segments.lowerBound..<max(end, variable.segments.lowerBound)]
      let text =
        variable.spansSegments
        ? slice.map(\.decodedKeepingSlashes).joined(separator: "/")
        : slice.first?.decoded ?? ""
      return (variable.fieldPath, text)
    }
  }
}

extension PathTemplate: ExpressibleByStringLiteral {
  /// A template in source code, where a mistake is a programmer's: it stops the process.
  public init(stringLiteral text: StaticString) {
    let text = String(describing: text)
    do {
      try self.init(text)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

extension PathTemplate: CustomStringConvertible {
  /// The template as it was written.
  public var description: String { text }
}
