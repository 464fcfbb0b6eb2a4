/// Names that generated code must not declare as they are.
enum ReservedNames {
  /// Words that need backticks where they are declared.
  static let keywords: Set<String> = [
    "Any", "as", "associatedtype", "await", "break", "case", "catch", "class", "continue",
    "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false",
    "fileprivate", "for", "func", "guard", "if", "import", "in", "inout", "internal", "is", "let",
    "nil", "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows",
    "return", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try",
    "typealias", "var", "where", "while",
  ]

  /// Names that even backticks do not free after a dot, and members every message has.
  static let properties: Set<String> = [
    "init", "self", "Self", "Type", "Protocol",
    "encode", "fields", "hashValue", "json", "jsonString", "merge", "messageName",
    "ruleViolations", "serialized", "unknownFields", "validJSON", "validate", "with",
  ]

  /// The same for the cases of an enum.
  static let cases: Set<String> = [
    "init", "self", "Self", "Type", "Protocol",
    "enumName", "hashValue", "jsonName", "rawValue", "unrecognized", "valueNames",
  ]

  /// The same for the members of a oneof, which is an optional and so has cases of its own.
  static let members: Set<String> = cases.union(["none", "some"])

  /// The same for the functions of a service and the constants that describe them.
  static let functions: Set<String> = [
    "init", "self", "Self", "Type", "Protocol", "all", "descriptor", "register",
  ]

  /// Types that generated code names itself: a message `String` becomes `StringMessage`.
  static let types: Set<String> = [
    "Any", "Protocol", "Self", "Type",
    "Array", "Bool", "Dictionary", "Double", "Float", "Hashable", "Int", "Int32", "Int64",
    "Optional", "Sendable", "StaticString", "String", "UInt32", "UInt64", "UInt8", "Void",
    "BinaryDecodingError", "BinaryReader", "BinaryWriter", "Enum", "FieldNames",
    "Google", "Indirect", "JSONDecodingError", "JSONReader", "JSONWriter", "Message", "Protobuf",
    "Rules", "UnknownFields", "Wire",
    "Core", "Decimal", "Events", "Topic", "Topics", "RPC",
    "AccessRule", "BidirectionalCall", "CallOptions", "MethodDescriptor", "RPCChannel", "RPCError",
    "RPCRouter", "RPCService", "RPCStream", "RPCWriter", "ServerContext", "ServiceDescriptor",
  ]

  /// The spelling of a name where it is declared.
  static func declared(_ name: String) -> String { keywords.contains(name) ? "`\(name)`" : name }
}

/// Gives each declaration of one scope a name of its own.
struct UniqueNames {
  private var taken: Set<String> = []

  /// The name, or the name with an ending that makes it unique: `suffix`, or that and a number.
  ///
  /// With `derived` endings the names that are made of this one are unique, too.
  mutating func claim(
    _ name: String, avoiding reserved: Set<String>, suffix: String, derived: [String] = []
  ) -> String {
    let numbered = (2...).lazy.map { "\(name)\(suffix)\($0)" }
    for candidate in [name, name + suffix] where isFree(candidate, reserved, derived) {
      return take(candidate, derived)
    }
    return take(numbered.first { isFree($0, reserved, derived) } ?? name, derived)
  }

  private func isFree(_ name: String, _ reserved: Set<String>, _ derived: [String]) -> Bool {
    !reserved.contains(name)
      && taken.isDisjoint(with: [name] + derived.map { name + $0 })
  }

  private mutating func take(_ name: String, _ derived: [String]) -> String {
    taken.formUnion([name] + derived.map { name + $0 })
    return name
  }
}
