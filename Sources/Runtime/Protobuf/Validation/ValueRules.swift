/// What the contract says about one value, whatever field, list or map holds it.
public protocol ValueRules<Value>: Sendable {
  /// The type of the values.
  associatedtype Value

  /// Whether a value counts as unset in a field that does not tell: a text, a number or an enum that is
  /// not sent.
  func isUnset(_ value: Value) -> Bool

  /// The first rule that a value breaks.
  func broken(by value: Value) -> BrokenRule?
}

extension Violations {
  /// Checks a field that does not tell whether it is set: only a value other than the default is checked
  /// by the rules.
  public mutating func check<Rules: ValueRules>(
    _ field: StaticString, _ value: Rules.Value, _ rules: Rules, isRequired: Bool = false
  ) {
    if !rules.isUnset(value) {
      check(field, present: value, rules)
    } else if isRequired {
      within(field) { $0.report(.required) }
    }
  }

  /// Checks a field that tells whether it is set.
  public mutating func check<Rules: ValueRules>(
    _ field: StaticString, _ value: Rules.Value?, _ rules: Rules, isRequired: Bool = false
  ) {
    if let value {
      check(field, present: value, rules)
    } else if isRequired {
      within(field) { $0.report(.required) }
    }
  }

  /// Checks a value that is set.
  public mutating func check<Rules: ValueRules>(
    _ field: StaticString, present value: Rules.Value, _ rules: Rules
  ) {
    if let broken = rules.broken(by: value) { within(field) { $0.report(broken) } }
  }

  /// Checks that a field is set.
  public mutating func require(_ field: StaticString, _ isSet: Bool) {
    if !isSet { within(field) { $0.report(.required) } }
  }

  /// Checks a message by its own rules, if it is there.
  public mutating func check(
    _ field: StaticString, _ message: (some Message)?, isRequired: Bool = false
  ) {
    if let message {
      within(field) { message.validate(into: &$0) }
    } else if isRequired {
      within(field) { $0.report(.required) }
    }
  }
}
