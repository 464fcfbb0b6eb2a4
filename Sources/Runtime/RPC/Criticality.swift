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

extension Criticality {
  /// The name under which the criticality of a call travels, where it is less than the contract's.
  public static let metadataName = "x-criticality"

  /// Its name in metadata and metrics, such as `sheddable_plus`.
  public var label: String {
    switch self {
    case .sheddable: "sheddable"
    case .sheddablePlus: "sheddable_plus"
    case .critical: "critical"
    case .criticalPlus: "critical_plus"
    }
  }

  /// The criticality of that name.
  public init?(label: String) {
    guard let known = Self.allCases.first(where: { $0.label == label }) else { return nil }
    self = known
  }
}

extension Criticality: Comparable {
  /// Orders by what is given up first.
  public static func < (left: Criticality, right: Criticality) -> Bool {
    left.rawValue < right.rawValue
  }
}
