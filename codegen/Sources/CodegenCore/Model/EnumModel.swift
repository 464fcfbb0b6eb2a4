/// An enum.
struct EnumModel {
  var type: TypeReference
  var comment: DocComment
  var values: [EnumValueModel]

  var name: String { type.path.last ?? "" }

  /// The values that are cases: the first of each number.
  var cases: [EnumValueModel] { values.filter { $0.aliased == nil } }
}

/// A value of an enum.
struct EnumValueModel {
  /// Such as `ORDER_SIDE_BUY`.
  var protoName: String
  /// Such as `BUY`; the whole name where that would not be unique.
  var shortName: String
  /// Such as `buy`.
  var name: String
  var number: Int32
  /// The case that has the same number, for an alias.
  var aliased: String?
  var comment: DocComment
}
