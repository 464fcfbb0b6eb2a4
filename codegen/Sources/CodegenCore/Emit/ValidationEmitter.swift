import ProtobufC

/// Writes the check of a message by the rules of its fields; nothing where there is nothing to check.
struct ValidationEmitter {
  private let message: MessageModel

  init(_ message: MessageModel) { self.message = message }

  func emit(into writer: inout SwiftWriter) {
    let fields = message.fields.filter { !$0.rules.isEmpty || $0.holdsChecked }
    guard !fields.isEmpty || message.oneofs.contains(where: \.isRequired) else { return }
    writer.line()
    constants(&writer)
    writer.block(
      "public func validate(into violations: inout Protobuf.Violations) {"
    ) { writer in
      for field in fields where field.oneofIndex == nil { check(field, &writer) }
      for index in message.oneofs.indices {
        self.oneof(index, fields.filter { $0.oneofIndex == index }, &writer)
      }
    }
  }

  // MARK: - The rules

  /// Rules are made once: a pattern's machine takes time to build.
  private func constants(_ writer: inout SwiftWriter) {
    var rules: [String] = []
    for field in message.fields {
      if let value = literal(field.rules.value, of: field.value) {
        rules.append("static let \(name(of: field)) = \(value)")
      }
      if case .map(let key) = field.cardinality,
        let value = literal(field.rules.key, of: .scalar(key))
      {
        rules.append("static let \(name(of: field, isKey: true)) = \(value)")
      }
    }
    guard !rules.isEmpty else { return }
    writer.block("private enum Rules {") { writer in
      for rule in rules { writer.statement(rule) }
    }
    writer.line()
  }

  private func name(of field: FieldModel, isKey: Bool = false) -> String {
    // Numbers are unique in a message, whatever the names become.
    "\(isKey ? "key" : "field")\(field.number)"
  }

  private func literal(_ rules: ValueRulesModel, of type: ValueType) -> String? {
    guard !rules.isEmpty else { return nil }
    var arguments: [String] = []
    func add(_ label: String, _ value: String?) {
      if let value { arguments.append("\(label): \(value)") }
    }
    let isDecimal = type == .decimal
    func bound(_ bound: ValueRulesModel.Bound?, isIncluded: Bool) -> String? {
      guard let bound, bound.isIncluded == isIncluded else { return nil }
      return isDecimal ? quoted(bound.text) : bound.text
    }
    add("minLength", rules.minLength.map { grouped($0) })
    add("maxLength", rules.maxLength.map { grouped($0) })
    add("pattern", rules.pattern.map(quoted))
    if rules.isSensitive { add("isSensitive", "true") }
    if rules.isDefined { add("isDefined", "true") }
    if rules.isSpecified { add("isSpecified", "true") }
    add("above", bound(rules.lower, isIncluded: false))
    add("from", bound(rules.lower, isIncluded: true))
    add("below", bound(rules.upper, isIncluded: false))
    add("upTo", bound(rules.upper, isIncluded: true))
    add("maxScale", rules.maxScale.map { grouped($0) })
    let list = arguments.joined(separator: ", ")
    return switch type {
    case .scalar(.string): "Protobuf.TextRules(\(list))"
    case .scalar(.bytes): "Protobuf.BytesRules(\(list))"
    case .scalar(let scalar): "Protobuf.NumberRules<\(scalar.swiftType)>(\(list))"
    case .enumeration(let type, _): "Protobuf.EnumRules<\(type.spelled)>(\(list))"
    case .decimal: "Protobuf.DecimalRules(\(list))"
    case .message: nil
    }
  }

  // MARK: - The checks

  private func check(_ field: FieldModel, _ writer: inout SwiftWriter) {
    let property = "self.\(field.name)"
    let names = "\(quoted(field.protoName)), \(property)"
    let rules = "Rules.\(name(of: field))"
    let required = field.rules.isRequired ? ", isRequired: true" : ""
    switch field.cardinality {
    case .repeated, .map: entries(field, names, &writer)
    case .implicit, .explicit, .oneof:
      if field.holdsChecked {
        writer.statement("violations.check(\(names)\(required))")
      } else if !field.rules.value.isEmpty {
        writer.statement("violations.check(\(names), \(rules)\(required))")
      } else if field.rules.isRequired {
        writer.statement(
          "violations.require(\(quoted(field.protoName)), \(isSet(field, property)))")
      }
    }
  }

  private func isSet(_ field: FieldModel, _ property: String) -> String {
    switch (field.cardinality, field.value) {
    case (.explicit, _): "\(property) != nil"
    case (_, .scalar(.string)), (_, .scalar(.bytes)): "!\(property).isEmpty"
    case (_, .enumeration): "\(property).rawValue != 0"
    default: "\(property) != 0"
    }
  }

  private func entries(_ field: FieldModel, _ names: String, _ writer: inout SwiftWriter) {
    var checks: [String] = []
    if field.rules.isUnique { checks.append("violations.unique(\(names))") }
    if !field.rules.key.isEmpty {
      checks.append("violations.keys(\(names), Rules.\(name(of: field, isKey: true)))")
    }
    let isMap = if case .map = field.cardinality { true } else { false }
    let each = isMap ? "values" : "each"
    if field.holdsChecked {
      checks.append("violations.\(each)(\(names))")
    } else if !field.rules.value.isEmpty {
      checks.append("violations.\(each)(\(names), Rules.\(name(of: field)))")
    }
    var counts: [String] = []
    if let least = field.rules.minItems { counts.append("minItems: \(grouped(least))") }
    if let most = field.rules.maxItems { counts.append("maxItems: \(grouped(most))") }
    guard !counts.isEmpty else {
      for check in checks { writer.statement(check) }
      return
    }
    let count = "violations.count(\(names), \(counts.joined(separator: ", ")))"
    guard !checks.isEmpty else {
      writer.statement(count)
      return
    }
    writer.block("if \(count) {") { writer in
      for check in checks { writer.statement(check) }
    }
  }

  private func oneof(_ index: Int, _ fields: [FieldModel], _ writer: inout SwiftWriter) {
    let oneof = message.oneofs[index]
    let property = "self.\(oneof.name)"
    if oneof.isRequired {
      writer.statement("violations.require(\(quoted(oneof.protoName)), \(property) != nil)")
    }
    let checked = fields.filter { $0.holdsChecked || !$0.rules.value.isEmpty }
    guard !checked.isEmpty else { return }
    writer.choice(over: property) { writer in
      for field in checked {
        let rules = field.holdsChecked ? "" : ", Rules.\(name(of: field))"
        let label = field.holdsChecked ? "" : "present: "
        writer.choice(
          "case .\(field.name)(let value):",
          "violations.check(\(quoted(field.protoName)), \(label)value\(rules))")
      }
      let isWhole = checked.count == message.fields.filter { $0.oneofIndex == index }.count
      writer.line(isWhole ? "case nil: break" : "default: break")
    }
  }
}
