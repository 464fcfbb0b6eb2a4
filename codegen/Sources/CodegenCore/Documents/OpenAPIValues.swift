import ProtobufC

/// The JSON forms of protobuf's values as JSON Schema (protobuf.dev, "ProtoJSON Format").
enum OpenAPIValues {
  /// The schema that all decimals share.
  static let decimalName = "Decimal"

  /// The grammar of `Core.Decimal`.
  static let decimal: JSONNode = [
    "type": "string",
    "description": """
    An exact decimal number: at most 20 integer and 18 fraction digits, no exponent. A response \
    has no trailing zeros.
    """,
    "pattern": #"^-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,18})?$"#,
    "examples": ["101.25"],
  ]

  static func schema(of type: FieldType) -> JSONNode {
    switch type {
    case .double: floatingPoint("double")
    case .float: floatingPoint("float")
    case .int32, .sint32, .sfixed32: ["type": "integer", "format": "int32"]
    case .uint32, .fixed32: ["type": "integer", "minimum": 0, "maximum": 4_294_967_295]
    case .int64, .sint64, .sfixed64:
      ["type": "string", "format": "int64", "pattern": "^(0|-?[1-9][0-9]{0,18})$"]
    case .uint64, .fixed64:
      ["type": "string", "format": "uint64", "pattern": "^(0|[1-9][0-9]{0,19})$"]
    case .bool: ["type": "boolean"]
    case .string: ["type": "string"]
    case .bytes: ["type": "string", "contentEncoding": "base64"]
    case .group, .message, .enum: preconditionFailure("\(type) is no scalar")
    }
  }

  /// The names a map's keys can be; nil for any.
  static func mapKey(_ type: FieldType) -> JSONNode? {
    switch type {
    case .string: return nil
    case .bool: return ["enum": ["true", "false"]]
    case .uint32, .fixed32, .uint64, .fixed64: return ["pattern": "^(0|[1-9][0-9]*)$"]
    default: return ["pattern": "^(0|-?[1-9][0-9]*)$"]
    }
  }

  /// An enum by the names that are printed, each with what it means.
  static func schema(of model: EnumModel) -> JSONNode {
    var node: JSONNode = ["type": "string"]
    let meanings = model.cases.compactMap { value -> String? in
      guard value.comment.prose != nil || value.comment.isDeprecated else { return nil }
      let meaning = [value.comment.isDeprecated ? "Deprecated." : nil, value.comment.prose]
      return "- `\(value.shortName)`: \(meaning.compactMap { $0 }.joined(separator: " "))"
    }
    let paragraphs = [
      model.comment.prose, meanings.isEmpty ? nil : meanings.joined(separator: "\n"),
    ]
    let description = paragraphs.compactMap { $0 }.joined(separator: "\n\n")
    if !description.isEmpty { node["description"] = .text(description) }
    if model.comment.isDeprecated { node["deprecated"] = true }
    node["enum"] = .array(model.cases.map { .text($0.shortName) })
    return node
  }

  /// A message of `google.protobuf`, most of which are not objects in JSON.
  static func wellKnown(_ name: String) -> JSONNode {
    switch name.split(separator: ".").last ?? "" {
    case "Timestamp": ["type": "string", "format": "date-time"]
    case "Duration": ["type": "string", "pattern": #"^-?[0-9]+(\.[0-9]{1,9})?s$"#]
    case "FieldMask":
      ["type": "string", "description": "Paths of fields in JSON names, with commas between them."]
    case "Any":
      ["type": "object", "properties": ["@type": ["type": "string"]], "required": ["@type"]]
    case "BoolValue": schema(of: .bool)
    case "BytesValue": schema(of: .bytes)
    case "DoubleValue": schema(of: .double)
    case "FloatValue": schema(of: .float)
    case "Int32Value": schema(of: .int32)
    case "Int64Value": schema(of: .int64)
    case "StringValue": schema(of: .string)
    case "UInt32Value": schema(of: .uint32)
    case "UInt64Value": schema(of: .uint64)
    case "ListValue": ["type": "array"]
    // Any JSON value at all.
    case "Value": [:]
    default: ["type": "object"]
    }
  }

  private static func floatingPoint(_ format: String) -> JSONNode {
    [
      "anyOf": [
        ["type": "number", "format": .text(format)],
        ["enum": ["NaN", "Infinity", "-Infinity"]],
      ]
    ]
  }
}
