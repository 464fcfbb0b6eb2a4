extension Violations {
  /// Checks how many entries a list or a map has.
  ///
  /// - Returns: whether the entries are worth a look: of too many none is.
  @discardableResult
  public mutating func count(
    _ field: StaticString, _ entries: some Collection, minItems: Int = 0, maxItems: Int = .max
  ) -> Bool {
    let count = entries.count
    guard count < minItems || count > maxItems else { return true }
    let rule = LengthRule(minItems, maxItems, "entry", "entries").words
    within(field) {
      $0.report(
        BrokenRule(count < minItems ? .tooFew : .tooMany, "must have \(rule), got \(count)"))
    }
    return count <= maxItems
  }

  /// Checks that no entry of a list comes twice.
  public mutating func unique<Element: Hashable>(_ field: StaticString, _ entries: [Element]) {
    var seen = Set<Element>(minimumCapacity: entries.count)
    for (index, entry) in entries.enumerated() where !seen.insert(entry).inserted {
      let got = Self.text(of: entry)
      within(field) { violations in
        violations.within(entry: index) {
          $0.report(BrokenRule(.duplicate, "must not come twice, got \(got)"))
        }
      }
    }
  }

  /// Checks every entry of a list.
  public mutating func each<Rules: ValueRules>(
    _ field: StaticString, _ entries: [Rules.Value], _ rules: Rules
  ) {
    for (index, entry) in entries.enumerated() {
      guard let broken = rules.broken(by: entry) else { continue }
      within(field) { violations in violations.within(entry: index) { $0.report(broken) } }
    }
  }

  /// Checks every message of a list by its own rules.
  public mutating func each(_ field: StaticString, _ entries: [some Message]) {
    within(field) { violations in
      for (index, entry) in entries.enumerated() {
        violations.within(entry: index) { entry.validate(into: &$0) }
      }
    }
  }

  /// Checks every value of a map.
  public mutating func values<Key, Rules: ValueRules>(
    _ field: StaticString, _ entries: [Key: Rules.Value], _ rules: Rules
  ) {
    for (key, value) in Self.sorted(entries) {
      guard let broken = rules.broken(by: value) else { continue }
      within(field) { violations in
        violations.within(key: Self.text(of: key)) { $0.report(broken) }
      }
    }
  }

  /// Checks every message of a map by its own rules.
  public mutating func values<Key>(_ field: StaticString, _ entries: [Key: some Message]) {
    within(field) { violations in
      for (key, value) in Self.sorted(entries) {
        violations.within(key: Self.text(of: key)) { value.validate(into: &$0) }
      }
    }
  }

  /// Checks every key of a map.
  public mutating func keys<Rules: ValueRules>(
    _ field: StaticString, _ entries: [Rules.Value: some Any], _ rules: Rules
  ) {
    for (key, _) in Self.sorted(entries) {
      guard let broken = rules.broken(by: key) else { continue }
      within(field) { violations in
        violations.within(key: Self.text(of: key)) { $0.report(broken) }
      }
    }
  }

  /// A map's entries in an order that is the same every time.
  private static func sorted<Key, Value>(_ entries: [Key: Value]) -> [(Key, Value)] {
    entries.map { (text: "\($0.key)", entry: ($0.key, $0.value)) }.sorted { $0.text < $1.text }
      .map(\.entry)
  }

  private static func text(of value: some Any) -> String {
    switch value {
    case let text as String: BrokenRule.quoted(text)
    case let value as any Enum: value.jsonName ?? "\(value.rawValue)"
    case let bytes as [UInt8]: "\(bytes.count) bytes"
    default: "\(value)"
    }
  }
}
