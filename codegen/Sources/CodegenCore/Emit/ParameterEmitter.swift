import ProtobufC

/// Writes a field that the path or the query of a route can fill.
struct ParameterEmitter {
  private let parameter: ParameterModel

  init(_ parameter: ParameterModel) { self.parameter = parameter }

  func emit(into writer: inout SwiftWriter) {
    let renamed = parameter.renamed.map { ", jsonName: \(quoted($0))" } ?? ""
    let names = "\(quoted(parameter.field))\(renamed)"
    guard let oneof = parameter.oneof, let leaf = parameter.path.last else {
      writer.line("Parameter(\(names), \\.\(keyPath(parameter.path.map(\.name)))),")
      return
    }
    // No key path reaches a member of a oneof.
    let property = keyPath(parameter.path.dropLast().map(\.name) + [oneof.name])
    writer.block("Parameter(\(names), isRepeated: false) {", closing: "},") { writer in
      writer.line("if case .\(leaf.name)? = $0.\(property) { false } else { true }")
      writer.outdented("} assign: { (request, value) throws(ParameterError) in")
      writer.line("request.\(property) = .\(leaf.name)(\(reading(leaf)))")
    }
  }

  /// The modules the written code names.
  var modules: [String] {
    guard parameter.oneof != nil, let leaf = parameter.path.last else { return [] }
    if case .scalar(.bytes) = leaf.value { return ["Protobuf"] }
    return [leaf.value.module].compactMap { $0 }
  }

  private func reading(_ leaf: FieldModel) -> String {
    switch leaf.value {
    case .scalar(.bytes): "try Google.BytesValue(parameter: value).value"
    case .enumeration(let type, _): "try \(type.spelled)(enumParameter: value)"
    case .scalar, .message, .decimal: "try \(leaf.value.swiftType(\.spelled))(parameter: value)"
    }
  }

  /// The way from the request; an unset message on it is created.
  private func keyPath(_ names: [String]) -> String { names.joined(separator: ".orNew.") }
}
