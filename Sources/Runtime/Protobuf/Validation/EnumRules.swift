/// The rules of an enum.
public struct EnumRules<Value: Enum>: ValueRules {
  private let isDefined: Bool
  private let isSpecified: Bool

  /// Names the rules.
  ///
  /// - Parameters:
  ///   - isDefined: Whether the contract names the number.
  ///   - isSpecified: Whether the number is not 0: for entries of lists and maps, which are always set.
  public init(isDefined: Bool = false, isSpecified: Bool = false) {
    self.isDefined = isDefined
    self.isSpecified = isSpecified
  }

  /// The value of number 0.
  public func isUnset(_ value: Value) -> Bool { value.rawValue == 0 }

  /// Checks that the value says something, and that it is known.
  public func broken(by value: Value) -> BrokenRule? {
    if isSpecified, value.rawValue == 0 { return .required }
    guard isDefined, value.jsonName == nil else { return nil }
    return BrokenRule(
      .unknown, "must be a value of \(Value.enumName), got \(value.rawValue)")
  }
}
