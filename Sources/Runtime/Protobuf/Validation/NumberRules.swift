public import Core

/// The range of a number.
public struct NumberRules<Value>: ValueRules
where Value: Comparable & ExpressibleByIntegerLiteral & Sendable {
  private let above: Value?
  private let from: Value?
  private let below: Value?
  private let upTo: Value?

  /// Names the bounds; without a bound the numbers go on.
  ///
  /// What is no number lies in no range.
  ///
  /// - Parameters:
  ///   - above: The value is greater.
  ///   - from: The value is equal or greater.
  ///   - below: The value is less.
  ///   - upTo: The value is equal or less.
  public init(
    above: Value? = nil, from: Value? = nil, below: Value? = nil, upTo: Value? = nil
  ) {
    self.above = above
    self.from = from
    self.below = below
    self.upTo = upTo
  }

  /// Zero.
  public func isUnset(_ value: Value) -> Bool { value == 0 }

  /// Checks the range.
  public func broken(by value: Value) -> BrokenRule? {
    guard !contains(value) else { return nil }
    return BrokenRule(.outOfRange, "must be \(words), got \(value)")
  }

  private func contains(_ value: Value) -> Bool {
    // Written so that NaN, for which no comparison holds, breaks every bound.
    if let above, !(value > above) { return false }
    if let from, !(value >= from) { return false }
    if let below, !(value < below) { return false }
    if let upTo, !(value <= upTo) { return false }
    return true
  }

  private var words: String {
    let lower = above.map { "greater than \($0)" } ?? from.map { "at least \($0)" }
    let upper = below.map { "less than \($0)" } ?? upTo.map { "at most \($0)" }
    return [lower, upper].compactMap(\.self).joined(separator: " and ")
  }
}

/// The rules of an exact decimal.
public struct DecimalRules: ValueRules {
  private let range: NumberRules<Decimal>
  private let maxScale: Int

  /// Names the rules; what is not named holds always.
  ///
  /// The bounds are decimals as text, as in ``NumberRules``; the generator has checked them.
  ///
  /// - Parameter maxScale: The most digits behind the point that the value needs.
  public init(
    above: StaticString? = nil, from: StaticString? = nil, below: StaticString? = nil,
    upTo: StaticString? = nil, maxScale: Int = Decimal.fractionDigits
  ) {
    func decimal(_ text: StaticString?) -> Decimal? {
      guard let text else { return nil }
      do throws(DecimalError) { return try Decimal("\(text)") } catch {
        preconditionFailure("the generator lets no such bound through: \(error)")
      }
    }
    range = NumberRules(
      above: decimal(above), from: decimal(from), below: decimal(below), upTo: decimal(upTo))
    self.maxScale = maxScale
  }

  /// Zero.
  public func isUnset(_ value: Decimal) -> Bool { value.isZero }

  /// Checks the range, then the digits.
  public func broken(by value: Decimal) -> BrokenRule? {
    if let broken = range.broken(by: value) { return broken }
    guard value.scale > maxScale else { return nil }
    let digits = maxScale == 1 ? "1 digit" : "\(maxScale) digits"
    return BrokenRule(.tooPrecise, "must have at most \(digits) behind the point, got \(value)")
  }
}
