/// Why a text or a calculation has no exact `Decimal`.
///
/// The texts carried here are cut to `DecimalError.longestQuotedText` characters, so an error is
/// safe to log and to return whatever the caller sent.
public enum DecimalError: Error, Hashable, Sendable {
  /// The text is not `-`? digits (`.` digits)?, or has a superfluous leading zero.
  case malformed(String)
  /// More than `Decimal.integerDigits` digits before the point.
  case tooManyIntegerDigits(String)
  /// More than `Decimal.fractionDigits` digits after the point.
  case tooManyFractionDigits(String)
  /// The result of a calculation lies outside `Decimal.min ... Decimal.max`.
  case overflow
  /// The result has more fraction digits than can be kept, and no rounding was named.
  case inexact
  /// The divisor is zero.
  case divisionByZero

  /// How much of an offending text an error repeats.
  public static let longestQuotedText = 64
}

extension DecimalError: CustomStringConvertible {
  /// The broken rule and the value that broke it, as a sentence.
  public var description: String {
    switch self {
    case .malformed(let text):
      "\"\(text)\" is not a decimal number"
    case .tooManyIntegerDigits(let text):
      "\"\(text)\" has more than \(Decimal.integerDigits) integer digits"
    case .tooManyFractionDigits(let text):
      "\"\(text)\" has more than \(Decimal.fractionDigits) fraction digits"
    case .overflow:
      "the result exceeds \(Decimal.integerDigits) integer digits"
    case .inexact:
      "the result has more than \(Decimal.fractionDigits) fraction digits"
    case .divisionByZero:
      "division by zero"
    }
  }
}
