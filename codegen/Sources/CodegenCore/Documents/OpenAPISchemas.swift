import ProtobufC

/// Gathers the schemas of every message and enum that an operation or a channel exchanges.
struct OpenAPISchemas {
  private let types: TypeIndex
  /// The schemas by their names.
  private(set) var components: [String: JSONNode] = [:]
  /// The files that declare what was gathered.
  private(set) var files: Set<String> = []

  init(_ types: TypeIndex) { self.types = types }

  /// Adds a schema that no contract declares.
  mutating func add(_ name: String, _ schema: JSONNode) { components[name] = schema }

  /// A reference to a component.
  static func reference(_ name: String) -> JSONNode {
    ["$ref": .text("#/components/schemas/\(name)")]
  }

  /// The schema of a value in JSON; of a message or an enum a reference to it.
  mutating func schema(of value: ValueType) -> JSONNode {
    switch value {
    case .scalar(let type): return OpenAPIValues.schema(of: type)
    case .decimal:
      components[OpenAPIValues.decimalName] = OpenAPIValues.decimal
      return OpenAPISchemas.reference(OpenAPIValues.decimalName)
    case .enumeration(let type, _):
      guard let model = types.enumeration(type) else { return ["type": "string"] }
      let name = OpenAPISchemas.name(of: type)
      files.formUnion(types.file(of: type).map { [$0] } ?? [])
      components[name] = components[name] ?? OpenAPIValues.schema(of: model)
      return OpenAPISchemas.reference(name)
    case .message(let type):
      guard let model = types.message(type) else { return OpenAPIValues.wellKnown(type.proto) }
      let name = OpenAPISchemas.name(of: type)
      if components[name] == nil {
        // A message may contain itself: the name is taken before its fields are looked at.
        components[name] = [:]
        files.insert(model.place.file)
        components[name] = schema(of: model)
      }
      return OpenAPISchemas.reference(name)
    }
  }

  /// The schema of a request's body: the message's, without what stands in the path already.
  mutating func body(of type: TypeReference, without names: Set<String>) -> JSONNode {
    guard !names.isEmpty, let model = types.message(type) else {
      return schema(of: .message(type))
    }
    files.insert(model.place.file)
    return schema(of: model, without: names)
  }

  /// The schema of a field's values with the rules about them, but without its description.
  mutating func constrained(_ field: FieldModel) -> JSONNode {
    let value = schema(of: field.value)
    let rules = OpenAPIRules(
      field.rules.value, of: field.value, defaultValue: defaultValue(of: field.value))
    switch field.cardinality {
    case .implicit:
      return rules.constrain(value, isRequired: field.isRequired).showing(field.exampleValues)
    case .explicit, .oneof: return rules.constrain(value).showing(field.exampleValues)
    case .repeated:
      let items = rules.constrain(value).showing(field.exampleValues)
      var node: JSONNode = ["type": "array", "items": items]
      node["minItems"] = field.rules.minItems.map { .integer($0) }
      node["maxItems"] = field.rules.maxItems.map { .integer($0) }
      if field.rules.isUnique { node["uniqueItems"] = true }
      return node
    case .map(let key):
      var node: JSONNode = ["type": "object"]
      let names = keys(key, field.rules.key).showing(field.examples.keys.map { .text($0) })
      if names != [:] { node["propertyNames"] = names }
      node["additionalProperties"] = rules.constrain(value).showing(field.exampleValues)
      node["minProperties"] = field.rules.minItems.map { .integer($0) }
      node["maxProperties"] = field.rules.maxItems.map { .integer($0) }
      return node
    }
  }

  /// What the names of a map's entries must be: texts, whatever the key's type is.
  private func keys(_ type: FieldType, _ rules: ValueRulesModel) -> JSONNode {
    let names = OpenAPIValues.mapKey(type) ?? [:]
    let isText = type == .string
    return OpenAPIRules(rules, of: .scalar(isText ? .string : .int64), defaultValue: "")
      .constrain(names)
  }

  /// What a field without presence holds that is not set.
  private func defaultValue(of value: ValueType) -> JSONNode {
    switch value {
    case .scalar(.string), .scalar(.bytes): return ""
    case .scalar(let type) where type.isTextInJSON: return "0"
    case .enumeration(let type, _):
      let zero = types.enumeration(type)?.cases.first { $0.number == 0 }
      return .text(zero?.shortName ?? "")
    case .scalar, .message, .decimal: return 0
    }
  }

  /// The comment of a message, of which a response is made.
  func comment(of type: TypeReference) -> DocComment? { types.message(type)?.comment }

  /// Whether a message without any field breaks a rule.
  func hasRequiredFields(_ type: TypeReference, without names: Set<String> = []) -> Bool {
    guard let message = types.message(type) else { return false }
    return message.fields.contains { $0.isRequired && !names.contains($0.protoName) }
      || message.oneofs.contains(where: \.isRequired)
  }

  private mutating func schema(
    of message: MessageModel, without names: Set<String> = []
  ) -> JSONNode {
    let fields = message.fields.filter { !names.contains($0.protoName) }
    var node: JSONNode = ["type": "object"]
    node["description"] = message.comment.prose.map { .text($0) }
    if message.comment.isDeprecated { node["deprecated"] = true }
    var properties: JSONNode = [:]
    for field in fields { properties[field.jsonName] = property(field) }
    if !fields.isEmpty { node["properties"] = properties }
    let required = fields.filter(\.isRequired)
    if !required.isEmpty { node["required"] = .array(required.map { .text($0.jsonName) }) }
    let oneofs = message.oneofs.indices.map { oneof($0, of: message) }
    if !oneofs.isEmpty { node["allOf"] = .array(oneofs) }
    return node
  }

  private mutating func property(_ field: FieldModel) -> JSONNode {
    var node = constrained(field)
    node["description"] = field.comment.prose.map { .text($0) }
    if field.comment.isDeprecated { node["deprecated"] = true }
    if field.behaviors.contains("OUTPUT_ONLY") { node["readOnly"] = true }
    if field.behaviors.contains("INPUT_ONLY") { node["writeOnly"] = true }
    return node
  }

  /// One of the members, or none if none is required.
  private func oneof(_ index: Int, of message: MessageModel) -> JSONNode {
    let members = message.fields.filter { $0.oneofIndex == index }.map { member -> JSONNode in
      ["required": [.text(member.jsonName)]]
    }
    var node: JSONNode = [:]
    node["description"] = message.oneofs[index].comment.prose.map { .text($0) }
    let none: [JSONNode] = [["not": ["anyOf": .array(members)]]]
    node["oneOf"] = .array(members + (message.oneofs[index].isRequired ? [] : none))
    return node
  }

  /// The name of a type's schema: its namespace in Swift, then as the contract names it.
  private static func name(of type: TypeReference) -> String {
    let own = type.proto.split(separator: ".").suffix(type.path.count - 1)
    return (type.path.prefix(1) + own.map(String.init)).joined(separator: ".")
  }
}

extension FieldModel {
  /// Whether a request must set the field; a list that needs an entry must be there.
  var isRequired: Bool {
    behaviors.contains("REQUIRED") || rules.isRequired || (rules.minItems ?? 0) > 0
  }
}

extension JSONNode {
  /// A schema with examples of its values.
  fileprivate func showing(_ examples: [JSONNode]) -> JSONNode {
    examples.isEmpty ? self : adding(["examples": .array(examples)])
  }
}
