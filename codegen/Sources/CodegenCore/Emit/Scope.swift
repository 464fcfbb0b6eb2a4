/// A place in generated code that names types: it knows the shortest name that is right there.
struct Scope {
  /// The type around the place, from the namespace down; empty at the top of a file.
  private let path: [String]
  /// The names declared in each of these types, the namespace first.
  private let declared: [Set<String>]

  /// A namespace, with the types declared in it.
  init(_ package: PackageModel) {
    path = [package.name.namespace]
    declared = [
      Set(package.files.flatMap { $0.messages.map(\.name) + $0.enums.map(\.name) })
    ]
  }

  private init(path: [String], declared: [Set<String>]) {
    self.path = path
    self.declared = declared
  }

  /// The inside of a message.
  func inside(_ message: MessageModel) -> Scope {
    Scope(path: path + [message.name], declared: declared + [message.nestedTypeNames])
  }

  /// The shortest name of a type that Swift looks up to that type here.
  func name(of type: TypeReference) -> String {
    for start in type.path.indices.reversed().dropLast() {
      let first = type.path[start]
      // Swift looks from the inside out and takes the first declaration it meets.
      for depth in path.indices.reversed() where declared[depth].contains(first) {
        if Array(path[...depth]) == Array(type.path[..<start]) {
          return type.path[start...].joined(separator: ".")
        }
        break
      }
    }
    return type.spelled
  }
}

extension TypeReference {
  /// The type, as generated code that is nested nowhere writes it.
  var spelled: String { proto == "google.protobuf.Any" ? "Google.`Any`" : qualified }
}
