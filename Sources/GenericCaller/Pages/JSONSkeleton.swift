public import Registry

/// A message's JSON with every field in it, to be filled in: the contract's examples where it has some.
///
/// Of a oneof it has the first member; a message within itself is left empty.
public struct JSONSkeleton {
  private let registry: RPCRegistry

  /// Skeletons of a registry's messages.
  public init(_ registry: RPCRegistry) { self.registry = registry }

  /// The JSON of a message, one field a line.
  public func text(of message: String) -> String { value(of: message, inside: [], margin: "") }

  private func value(of name: String, inside outer: [String], margin: String) -> String {
    guard let message = registry.message(name), !outer.contains(name) else {
      return Self.wellKnown[name] ?? "{}"
    }
    var oneofs: Set<String> = []
    let fields = message.fields.filter { field in
      guard case .oneof(let oneof) = field.cardinality else { return true }
      return oneofs.insert(oneof).inserted
    }
    guard !fields.isEmpty else { return "{}" }
    let inner = margin + "  "
    let lines = fields.map { field in
      let value = value(of: field, inside: outer + [name], margin: inner)
      return "\(inner)\"\(field.jsonName)\": \(value)"
    }
    return "{\n\(lines.joined(separator: ",\n"))\n\(margin)}"
  }

  private func value(
    of field: FieldDescription, inside outer: [String], margin: String
  ) -> String {
    if let example = field.example { return example }
    let value = value(of: field.type, inside: outer, margin: margin)
    return switch field.cardinality {
    case .single, .optional, .oneof: value
    case .repeated: "[\(value)]"
    case .map(let key): "{\(Self.key(key)): \(value)}"
    }
  }

  private func value(
    of type: FieldDescription.ValueType, inside outer: [String], margin: String
  ) -> String {
    switch type {
    case .double, .float, .int32, .uint32, .sint32, .fixed32, .sfixed32: "0"
    case .int64, .uint64, .sint64, .fixed64, .sfixed64, .decimal: "\"0\""
    case .bool: "false"
    case .string, .bytes: "\"\""
    case .enumeration(let name): "\"\(enumeration(name))\""
    case .message(let name): self.value(of: name, inside: outer, margin: margin)
    }
  }

  /// The first value that says something.
  private func enumeration(_ name: String) -> String {
    let values = registry.enumeration(name)?.values ?? []
    return (values.first { $0.number != 0 } ?? values.first)?.name ?? ""
  }

  private static func key(_ type: FieldDescription.ValueType) -> String {
    switch type {
    case .string: "\"key\""
    case .bool: "\"true\""
    default: "\"0\""
    }
  }

  /// The messages of `google.protobuf` whose JSON is no object of their fields.
  private static let wellKnown = [
    "BoolValue": "false", "BytesValue": "\"\"", "DoubleValue": "0", "FloatValue": "0",
    "Int32Value": "0", "Int64Value": "\"0\"", "StringValue": "\"\"", "UInt32Value": "0",
    "UInt64Value": "\"0\"", "Duration": "\"1.5s\"", "FieldMask": "\"\"", "ListValue": "[]",
    "Timestamp": "\"2025-01-31T09:30:00Z\"", "Value": "null",
  ].reduce(into: [:]) { $0["google.protobuf.\($1.key)"] = $1.value }
}
