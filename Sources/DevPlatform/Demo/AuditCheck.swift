/// One rule of the audit, and what broke it.
public struct AuditCheck: Sendable, Hashable {
  /// The rule, as a sentence.
  public let rule: String
  /// How many things were compared.
  public private(set) var compared = 0
  /// What differs; empty if nothing does.
  public private(set) var findings: [String] = []

  /// A rule of which nothing has been compared yet.
  init(_ rule: String) { self.rule = rule }

  /// Whether things were compared and nothing differs: a check that saw nothing proves nothing.
  public var isGood: Bool { compared > 0 && findings.isEmpty }

  /// Notes the outcome of one comparison.
  mutating func expect(_ holds: Bool, _ finding: @autoclosure () -> String) {
    compared += 1
    if !holds { findings.append(finding()) }
  }

  /// Notes that two values should be equal.
  mutating func expect<Value: Equatable>(_ found: Value, equals wanted: Value, _ what: String) {
    expect(found == wanted, "\(what) is \(found), should be \(wanted)")
  }

  /// Notes something that is wrong in itself.
  mutating func fail(_ finding: String) { expect(false, finding) }
}
