import ProtobufC

/// The Swift name of every type of a request, chosen before anything refers to one.
struct TypeCatalog {
  private var references: [String: TypeReference] = [:]
  /// What no type may be called: names that generated code means otherwise, among them namespaces.
  private let reserved: Set<String>
  /// The names of services, by full proto name.
  private(set) var serviceNames: [String: String] = [:]

  /// The messages of `google.protobuf` that the runtime has; the others are refused.
  static let wellKnown: Set<String> = Set(
    [
      "Any", "Duration", "Empty", "FieldMask", "ListValue", "Struct", "Timestamp", "Value",
      "BoolValue", "BytesValue", "DoubleValue", "FloatValue", "Int32Value", "Int64Value",
      "StringValue", "UInt32Value", "UInt64Value",
    ].map { "google.protobuf.\($0)" })

  /// Those of them whose JSON is a string or a number, so that a parameter can fill them.
  static let parameters: Set<String> = wellKnown.subtracting([
    "google.protobuf.Any", "google.protobuf.Empty", "google.protobuf.ListValue",
    "google.protobuf.Struct", "google.protobuf.Value",
  ])

  /// The enum of `google.protobuf` that the runtime has.
  static let null = "google.protobuf.NullValue"

  /// Our own well-known type: `Core.Decimal` in Swift.
  static let decimal = "alphintra.type.Decimal"

  init(_ schema: Schema, _ parameters: Parameters) {
    reserved = ReservedNames.types.union(
      schema.files.map { parameters.name(ofPackage: $0.package).namespace })
    for name in TypeCatalog.wellKnown.union([TypeCatalog.null]) {
      let short = name.split(separator: ".").last.map(String.init) ?? name
      references[name] = TypeReference(proto: name, module: "Protobuf", path: ["Google", short])
    }
    var scopes: [String: UniqueNames] = [:]
    for file in schema.files where file.package != "google.protobuf" {
      let name = parameters.name(ofPackage: file.package)
      var scope = scopes[name.namespace] ?? UniqueNames()
      for message in file.messages {
        add(message, file, parents: [], in: [name.namespace], name.module, &scope)
      }
      for type in file.enums {
        add(type, file, parents: [], in: [name.namespace], name.module, &scope)
      }
      for service in file.services {
        serviceNames[fullName(service.name, file, [])] = scope.claim(
          SwiftName.upperCamel(service.name), avoiding: reserved,
          suffix: "Protocol", derived: ["Methods", "Client"])
      }
      scopes[name.namespace] = scope
    }
  }

  /// The Swift type of a proto type; nil for one the runtime has not.
  subscript(name: String) -> TypeReference? { references[name] }

  private mutating func add(
    _ message: MessageDescriptor, _ file: FileDescriptor, parents: [String], in path: [String],
    _ module: String, _ scope: inout UniqueNames
  ) {
    guard !message.isMapEntry else { return }
    let name = scope.claim(
      SwiftName.upperCamel(message.name), avoiding: reserved, suffix: "Message")
    let proto = fullName(message.name, file, parents)
    references[proto] = TypeReference(proto: proto, module: module, path: path + [name])
    var inner = UniqueNames()
    for nested in message.messages {
      add(nested, file, parents: parents + [message.name], in: path + [name], module, &inner)
    }
    for type in message.enums {
      add(type, file, parents: parents + [message.name], in: path + [name], module, &inner)
    }
  }

  private mutating func add(
    _ type: EnumDescriptor, _ file: FileDescriptor, parents: [String], in path: [String],
    _ module: String, _ scope: inout UniqueNames
  ) {
    let name = scope.claim(
      SwiftName.upperCamel(type.name), avoiding: reserved, suffix: "Enum")
    let proto = fullName(type.name, file, parents)
    references[proto] = TypeReference(proto: proto, module: module, path: path + [name])
  }
}
