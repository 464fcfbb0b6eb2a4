import ProtobufC

extension FieldType {
  /// The Swift type of a scalar.
  var swiftType: String {
    switch self {
    case .double: "Double"
    case .float: "Float"
    case .int32, .sint32, .sfixed32: "Int32"
    case .int64, .sint64, .sfixed64: "Int64"
    case .uint32, .fixed32: "UInt32"
    case .uint64, .fixed64: "UInt64"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "[UInt8]"
    case .group, .message, .enum: preconditionFailure("\(self) is no scalar")
    }
  }

  /// The literal of a scalar that is not sent.
  var defaultLiteral: String {
    switch self {
    case .bool: "false"
    case .string: "\"\""
    case .bytes: "[]"
    default: "0"
    }
  }

  /// The method of reader, writer and size for a scalar.
  var methodName: String {
    switch self {
    case .double: "double"
    case .float: "float"
    case .int32: "int32"
    case .int64: "int64"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .sint32: "sint32"
    case .sint64: "sint64"
    case .fixed32: "fixed32"
    case .fixed64: "fixed64"
    case .sfixed32: "sfixed32"
    case .sfixed64: "sfixed64"
    case .bool: "bool"
    case .string: "string"
    case .bytes: "bytes"
    case .group, .message, .enum: preconditionFailure("\(self) is no scalar")
    }
  }

  /// The coding of a scalar in collections, a member of `Wire`.
  var codingName: String {
    switch self {
    case .sint32: "SInt32"
    case .sint64: "SInt64"
    case .sfixed32: "SFixed32"
    case .sfixed64: "SFixed64"
    case .uint32: "UInt32"
    case .uint64: "UInt64"
    default: methodName.prefix(1).uppercased() + methodName.dropFirst()
    }
  }

  /// The wire type of a value that is not packed.
  var wireType: UInt32 {
    switch self {
    case .fixed64, .sfixed64, .double: 1
    case .string, .bytes, .message: 2
    case .fixed32, .sfixed32, .float: 5
    default: 0
    }
  }
}

extension ValueType {
  /// The Swift type, by the names a scope gives.
  func swiftType(_ name: (TypeReference) -> String) -> String {
    switch self {
    case .scalar(let type): type.swiftType
    case .enumeration(let type, _), .message(let type): name(type)
    case .decimal: "Core.Decimal"
    }
  }

  /// The coding in collections.
  var coding: String {
    switch self {
    case .scalar(let type): "Wire.\(type.codingName).self"
    case .enumeration(let type, _): "Wire.Enum<\(type.spelled)>.self"
    case .message(let type): "Wire.Message<\(type.spelled)>.self"
    case .decimal: "Wire.Decimal.self"
    }
  }

  /// The method of reader, writer and size for one value.
  var methodName: String {
    switch self {
    case .scalar(let type): type.methodName
    case .enumeration: "enumeration"
    case .message: "message"
    case .decimal: "decimal"
    }
  }

  /// The wire type of a value that is not packed.
  var wireType: UInt32 {
    switch self {
    case .scalar(let type): type.wireType
    case .enumeration: 0
    case .message, .decimal: 2
    }
  }

  /// The module a value's type comes from.
  var module: String? {
    switch self {
    case .scalar: nil
    case .enumeration(let type, _), .message(let type): type.module
    case .decimal: "Core"
    }
  }
}

extension FieldModel {
  /// The type of the property, or the payload of the case.
  func swiftType(_ name: (TypeReference) -> String) -> String {
    let value = value.swiftType(name)
    return switch cardinality {
    case .implicit, .oneof: value
    case .explicit: "\(value)?"
    case .repeated: "[\(value)]"
    case .map(let key): "[\(key.swiftType): \(value)]"
    }
  }

  /// What the property holds at first; nil for an optional.
  var defaultLiteral: String? {
    switch (cardinality, value) {
    case (.explicit, _), (.oneof, _): nil
    case (.repeated, _): "[]"
    case (.map, _): "[:]"
    case (.implicit, .scalar(let type)): type.defaultLiteral
    case (.implicit, .enumeration(_, let zero)): ".\(zero)"
    case (.implicit, .message), (.implicit, .decimal): nil
    }
  }

  /// The tag of a value that is not packed; of a map, of its entries.
  var tag: UInt32 {
    if case .map = cardinality { return UInt32(number) << 3 | 2 }
    return UInt32(number) << 3 | value.wireType
  }

  /// The tag of the packed values.
  var packedTag: UInt32 { UInt32(number) << 3 | 2 }
}
