/// Where an element stands in its file and what its author wrote about it.
public struct SourceLocation: Sendable, Hashable {
  /// The line, counted from 1; 0 when the request carries no source information.
  public var line: Int
  /// The comment above the element, as protoc hands it over: lines still begin with a space.
  public var leadingComment: String
  /// The comment behind or just below the element.
  public var trailingComment: String

  /// Creates a location.
  public init(line: Int = 0, leadingComment: String = "", trailingComment: String = "") {
    self.line = line
    self.leadingComment = leadingComment
    self.trailingComment = trailingComment
  }
}
