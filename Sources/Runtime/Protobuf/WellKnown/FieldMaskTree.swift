/// A field mask resolved against a message type: field numbers instead of paths.
struct FieldMaskTree {
  /// How much of a field a mask names.
  enum Node {
    /// All of it.
    case whole(FieldNames.Field.Content)
    /// Some fields of the message it holds.
    case part(FieldMaskTree)
  }

  /// The fields named, by number.
  private(set) var nodes: [Int: Node] = [:]

  private init() {}

  /// Resolves every path of a mask.
  init(_ mask: Google.FieldMask, for type: any Message.Type) throws(FieldMaskError) {
    for path in mask.paths {
      let names = path.split(separator: ".", omittingEmptySubsequences: false)
      try insert(names[...], of: path, in: type)
    }
  }

  private mutating func insert(
    _ names: ArraySlice<Substring>, of path: String, in type: any Message.Type
  ) throws(FieldMaskError) {
    guard let name = names.first, !name.isEmpty else {
      throw FieldMaskError(path: path, rule: .empty)
    }
    guard let field = type.fields.field(named: name) else {
      throw FieldMaskError(
        path: path, rule: .unknownField(String(name), message: type.messageName))
    }
    let rest = names.dropFirst()
    if rest.isEmpty {
      nodes[field.number] = .whole(field.content)
      return
    }
    switch field.content {
    case .value: throw FieldMaskError(path: path, rule: .notAMessage(String(name)))
    case .repeated: throw FieldMaskError(path: path, rule: .repeated(String(name)))
    case .message(let type):
      var tree = FieldMaskTree()
      let isWhole: Bool
      switch nodes[field.number] {
      case .part(let known): (tree, isWhole) = (known, false)
      case .whole: isWhole = true
      case nil: isWhole = false
      }
      // What is named as a whole stays so, but the rest of the path must still be right.
      try tree.insert(rest, of: path, in: type)
      if !isWhole { nodes[field.number] = .part(tree) }
    }
  }
}

extension FieldNames {
  /// The field of this name in the contract.
  fileprivate func field(named name: Substring) -> Field? {
    fields.first { field in field.proto.withUTF8Buffer { name.utf8.elementsEqual($0) } }
  }
}
