import ProtobufC

/// What files of rules state about RPCs whose own files are left as they are.
struct VendoredOptions {
  /// The files that hold rules: they yield no code.
  private(set) var files: Set<String> = []
  private var options: [String: OptionMessage] = [:]

  private static let option = "alphintra.options.vendored"

  init(_ schema: Schema, _ reader: OptionReader, _ diagnostics: Diagnostics) {
    let methods = Dictionary(
      uniqueKeysWithValues: schema.files.flatMap { file in
        file.services.flatMap { service in
          service.methods.map { (fullName($0.name, file, [service.name]), $0) }
        }
      })
    for file in schema.files {
      // Options that cannot be read are reported where their elements are.
      let stated = (try? reader.read(file.options, of: "google.protobuf.FileOptions")) ?? .init()
      let rules = stated.messages(VendoredOptions.option)
      if !rules.isEmpty { files.insert(file.name) }
      for rule in rules {
        for name in rule.texts("rpcs") {
          add(rule, to: name, methods, Place(file: file.name, line: 1), diagnostics)
        }
      }
    }
  }

  /// What is stated about an RPC elsewhere than at it.
  subscript(rpc: String) -> OptionMessage { options[rpc] ?? OptionMessage() }

  private mutating func add(
    _ rule: OptionMessage, to name: String, _ methods: [String: MethodDescriptor], _ place: Place,
    _ diagnostics: Diagnostics
  ) {
    if let method = methods[name] {
      if !method.options.isEmpty || method.idempotency != .unknown {
        diagnostics.report(
          place, "\(name) states options in its own file", "state there what holds for it")
      }
    } else if methods.keys.contains(where: { parent(of: $0) == parent(of: name) }) {
      // Of a service that is no part of the request nothing can be said.
      diagnostics.report(place, "there is no RPC \(name)", "correct the name, or drop the rule")
    }
    guard options[name] == nil else {
      return diagnostics.report(
        place, "\(name) has options stated twice", "state them all in one place")
    }
    options[name] = rule.messages("options").last
  }

  private func parent(of name: String) -> Substring {
    name.prefix(upTo: name.lastIndex(of: ".") ?? name.startIndex)
  }
}
