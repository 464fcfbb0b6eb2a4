/// Something wrong with a contract: where, which rule, and what to do.
public struct Diagnostic: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The file, as protoc names it.
  public var file: String
  /// The line, counted from 1; 0 when the request carries no source information.
  public var line: Int
  /// What must hold and does not.
  public var rule: String
  /// Who is affected, of a change that breaks someone; else empty.
  public var affected: String
  /// What the author can do about it.
  public var remedy: String

  /// Creates a diagnostic.
  public init(file: String, line: Int, rule: String, affected: String = "", remedy: String) {
    self.file = file
    self.line = line
    self.rule = rule
    self.affected = affected
    self.remedy = remedy
  }

  /// `file:line: rule: remedy`, the form editors jump to; who is affected stands before the remedy.
  public var description: String {
    (["\(file):\(line)", rule] + (affected.isEmpty ? [] : [affected]) + [remedy])
      .joined(separator: ": ")
  }

  /// Orders by place, then by text.
  public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    (left.file, left.line, left.rule, left.affected, left.remedy)
      < (right.file, right.line, right.rule, right.affected, right.remedy)
  }
}

/// Gathers everything that is wrong, so that the author sees all of it at once.
final class Diagnostics {
  private(set) var all: [Diagnostic] = []

  /// Notes something wrong; generation goes on to find the rest.
  func report(_ place: Place, _ rule: String, affected: String = "", _ remedy: String) {
    all.append(
      Diagnostic(
        file: place.file, line: place.line, rule: rule, affected: affected, remedy: remedy))
  }
}

/// A line of a contract.
struct Place: Hashable {
  var file: String
  var line: Int
}
