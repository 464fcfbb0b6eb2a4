import Registry

/// Writes messages and enums, each once, and then the types that those name.
struct TypeSections {
  private let registry: RPCRegistry
  private var written: Set<String> = []
  private var open: [String] = []

  init(_ registry: RPCRegistry) { self.registry = registry }

  /// Writes a message or an enum under a heading such as `request`.
  mutating func write(_ heading: String, _ name: String, _ page: inout PageWriter) {
    page.line()
    page.line("\(heading) \(TypeText.short(name))")
    guard written.insert(name).inserted else { return page.line("  as above") }
    if let message = registry.message(name) {
      comment(message.comment, &page)
      let names = message.fields.map(\.jsonName.count).max() ?? 0
      page.table(message.fields.map { row($0, of: message, nameWidth: names) })
      if message.fields.isEmpty { page.line("  has no fields") }
      for field in message.fields {
        switch field.type {
        case .message(let type), .enumeration(let type): open.append(type)
        default: break
        }
      }
    } else if let type = registry.enumeration(name) {
      comment(type.comment, &page)
      page.table(type.values.map { ($0.name, $0.comment) })
    } else {
      page.line("  \(name), as JSON: \(JSONSkeleton(registry).text(of: name))")
    }
  }

  /// Writes the types that were named and not written, as often as they name more.
  mutating func writeOthers(_ page: inout PageWriter) {
    while !open.isEmpty {
      let name = open.removeFirst()
      guard !written.contains(name) else { continue }
      if registry.message(name) != nil {
        write("message", name, &page)
      } else if registry.enumeration(name) != nil {
        write("enum", name, &page)
      }
    }
  }

  private func comment(_ comment: String, _ page: inout PageWriter) {
    guard !comment.isEmpty else { return }
    page.paragraphs(comment, indent: 2)
    page.line()
  }

  /// A field with its rules in brackets behind its comment.
  private func row(
    _ field: FieldDescription, of message: MessageDescription, nameWidth: Int
  ) -> (String, String) {
    var texts = field.comment.isEmpty ? [] : [field.comment]
    if case .oneof(let name) = field.cardinality {
      let isRequired = message.requiredOneofs.contains(name)
      texts.append("(one of \(name)\(isRequired ? ", of which one is required" : ""))")
    }
    if !field.rules.isEmpty { texts.append("[\(field.rules.joined(separator: "; "))]") }
    let padding = String(repeating: " ", count: nameWidth - field.jsonName.count + 2)
    return (
      "\(field.jsonName)\(padding)\(TypeText.text(field))", texts.joined(separator: " ")
    )
  }
}
