/// A message.
struct MessageModel {
  var type: TypeReference
  var comment: DocComment
  var place: Place
  /// The fields, those of oneofs among them, in the order of the file.
  var fields: [FieldModel]
  var oneofs: [OneofModel]
  var messages: [MessageModel]
  var enums: [EnumModel]
  /// The topic whose event this message is.
  var topic: TopicModel?

  var name: String { type.path.last ?? "" }

  var withNested: [MessageModel] { [self] + messages.flatMap(\.withNested) }

  /// The names of the types declared inside.
  var nestedTypeNames: Set<String> {
    Set(messages.map(\.name) + enums.map(\.name) + oneofs.map(\.typeName))
  }

  /// The field with this proto name.
  func field(_ name: String) -> FieldModel? { fields.first { $0.protoName == name } }
}

/// A oneof: an optional property of an enum with payloads.
struct OneofModel {
  var protoName: String
  /// The property.
  var name: String
  /// The nested enum.
  var typeName: String
  /// Whether one of the fields must be set.
  var isRequired: Bool
  var comment: DocComment
}
