/// What an overloaded process gives up first: the classes of Google's "Site Reliability Engineering",
/// chapter 21.
public enum Criticality: Int, Sendable, Hashable, CaseIterable {
  /// It may fail for hours: given up first.
  case sheddable = 1
  /// It may fail for minutes: whoever calls tries again later.
  case sheddablePlus = 2
  /// Its loss is felt; what a process is provisioned for.
  case critical = 3
  /// Its loss is felt at once and badly: given up last.
  case criticalPlus = 4
}

extension Criticality: Comparable {
  /// Orders by what is given up first.
  public static func < (left: Criticality, right: Criticality) -> Bool {
    left.rawValue < right.rawValue
  }
}
