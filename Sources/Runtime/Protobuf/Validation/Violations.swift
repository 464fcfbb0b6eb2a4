internal import Core

/// Gathers the fields of a message that break rules of the contract, while the message is checked.
///
/// Generated code hands every field that has rules to one of the `check` methods, in the order of the
/// contract; messages inside are checked by their own rules.
public struct Violations: Sendable {
  /// The most violations that are described; further ones are counted.
  ///
  /// A status with all their descriptions has to fit the metadata of a call.
  public static let limit = 32
  /// The most characters of a value that a description repeats, counted as Unicode scalars.
  public static let valueLimit = 64

  private enum Step {
    case field(StaticString)
    case entry(Int)
    case key(String)
  }

  /// The violations found, in the order of the contract; at most ``limit``.
  public private(set) var described: [RuleViolation] = []
  /// How many more there are.
  public private(set) var omitted = 0
  private var path: [Step] = []

  /// Nothing found yet.
  public init() {}

  /// Whether every rule is kept.
  public var isEmpty: Bool { described.isEmpty }

  /// Notes that the field at the present place breaks a rule.
  mutating func report(_ broken: BrokenRule) {
    guard described.count < Self.limit else {
      omitted += 1
      return
    }
    described.append(
      RuleViolation(field: place, reason: broken.reason, description: broken.description))
  }

  // MARK: - Places

  mutating func within(_ field: StaticString, _ body: (inout Violations) -> Void) {
    within(.field(field), body)
  }

  mutating func within(entry index: Int, _ body: (inout Violations) -> Void) {
    within(.entry(index), body)
  }

  mutating func within(key: String, _ body: (inout Violations) -> Void) {
    within(.key(key), body)
  }

  private mutating func within(_ step: Step, _ body: (inout Violations) -> Void) {
    path.append(step)
    body(&self)
    path.removeLast()
  }

  private var place: String {
    var text = ""
    for step in path {
      switch step {
      case .field(let name): text += text.isEmpty ? "\(name)" : ".\(name)"
      case .entry(let index): text += "[\(index)]"
      case .key(let key): text += "[\(key)]"
      }
    }
    return text
  }
}

/// A rule that a value breaks, wherever the value stands.
public struct BrokenRule: Sendable {
  let reason: RuleViolation.Reason
  let description: String

  init(_ reason: RuleViolation.Reason, _ description: String) {
    self.reason = reason
    self.description = description
  }

  static let required = BrokenRule(.required, "must be stated")

  /// A text from outside as a description repeats it.
  static func quoted(_ text: String) -> String {
    "\"\(text.abbreviated(to: Violations.valueLimit))\""
  }
}

extension Message {
  /// Every field that breaks a rule of the contract.
  public func ruleViolations() -> Violations {
    var violations = Violations()
    validate(into: &violations)
    return violations
  }

  /// Checks nothing: the contract states no rules for the message.
  @inlinable public func validate(into violations: inout Violations) {}
}
