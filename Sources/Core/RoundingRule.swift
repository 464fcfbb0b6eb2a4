/// What happens to the digits a result cannot keep.
///
/// Named at every division and at every product that may be inexact: there is no default.
public enum RoundingRule: Hashable, Sendable, CaseIterable {
  /// Towards minus infinity.
  case down
  /// Towards plus infinity.
  case up
  /// Drops the digits.
  case towardZero
  /// To the next larger magnitude unless exact.
  case awayFromZero
  /// To the nearest value, a tie to the even digit (banker's rounding).
  case toNearestOrEven
  /// To the nearest value, a tie to the larger magnitude (commercial rounding).
  case toNearestOrAwayFromZero

  /// Whether a quotient's magnitude grows by one unit, given what the division left over.
  func increments(
    quotient: UInt128, remainder: UInt128, divisor: UInt128, isNegative: Bool
  ) -> Bool {
    guard remainder != 0 else { return false }
    let complement = divisor - remainder
    return switch self {
    case .down: isNegative
    case .up: !isNegative
    case .towardZero: false
    case .awayFromZero: true
    case .toNearestOrEven:
      remainder > complement || (remainder == complement && quotient & 1 == 1)
    case .toNearestOrAwayFromZero: remainder >= complement
    }
  }
}
