import Protobuf
import TestSupport

/// Requests that a route can carry, and how it carries them.
extension RouteCase {
  /// The fields that the path names.
  var pathFields: [String] {
    template.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
  }

  /// Whether the tests can fill the path: a variable stands for one segment.
  var isCovered: Bool { pathFields.allSatisfy { !$0.contains("=") } }

  /// A random request of which the route can carry every field.
  func sample(of request: MessageCase, _ maker: inout SampleMaker) -> Sample {
    var sample = Sample()
    switch body {
    case .whole: sample = maker.sample(of: request)
    case .field(let name):
      if let field = request.field(name) {
        sample.set(field, to: maker.content(of: field, depth: 2))
      }
    case .none: break
    }
    for parameter in parameters {
      let path = parameter.split(separator: ".").map(String.init)
      let isRuled = request.field(parameter)?.isNeeded ?? false
      let isNeeded = isRuled || pathFields.contains(parameter)
      guard isNeeded || maker.chance(maker.density) else { continue }
      fill(&sample, of: request, at: path[...], &maker, isNeeded: isNeeded)
    }
    return sample
  }

  private func fill(
    _ sample: inout Sample, of message: MessageCase, at path: ArraySlice<String>,
    _ maker: inout SampleMaker, isNeeded: Bool
  ) {
    guard let name = path.first, let field = message.field(name) else {
      preconditionFailure("\(message.name) has no field \(path)")
    }
    guard path.count > 1 else {
      var content = maker.content(of: field, depth: 0)
      while isNeeded, content.map(Self.isPathText) != true {
        content = maker.content(of: field, depth: 0)
      }
      if let content { sample.set(field, to: content) }
      return
    }
    guard case .message(let type) = field.kind, let inner = ContractIndex.messages[type.messageName]
    else { preconditionFailure("\(message.name).\(name) is no message") }
    var nested = Sample()
    if case .one(.message(let present))? = sample.content(name) { nested = present }
    fill(&nested, of: inner, at: path.dropFirst(), &maker, isNeeded: isNeeded)
    if !nested.contents.isEmpty { sample.set(field, to: .one(.message(nested))) }
  }

  /// Whether a value can be a segment of a path: it is neither empty nor `.` nor `..`.
  private static func isPathText(_ content: Sample.Content) -> Bool {
    guard case .one(.leaf(let leaf)) = content else { return false }
    return !["", ".", ".."].contains(leaf.parameter)
  }

  /// The target of a request: path and query.
  func target(_ sample: Sample) -> String {
    var path = template
    for field in pathFields {
      let text = Self.parameters(at: field, of: sample).first ?? ""
      path = path.replacing("{\(field)}", with: Self.encoded(text))
    }
    let items = parameters.filter { !pathFields.contains($0) }.flatMap { name in
      Self.parameters(at: name, of: sample).map { "\(name)=\(Self.encoded($0))" }
    }
    let isInBody = body == .whole
    return items.isEmpty || isInBody ? path : "\(path)?\(items.joined(separator: "&"))"
  }

  /// The body of a request; empty where the route takes none.
  func body(_ sample: Sample) -> [UInt8] {
    switch body {
    case .none: return []
    case .whole: return Array(sample.json(without: Set(pathFields)).utf8)
    case .field(let name):
      guard case .one(let value)? = sample.content(name) else { return [] }
      return Array(value.json.utf8)
    }
  }

  /// The texts of a field that path or query carry.
  private static func parameters(at path: String, of sample: Sample) -> [String] {
    let names = path.split(separator: ".").map(String.init)
    guard let content = sample.content(names[0]) else { return [] }
    switch content {
    case .one(.message(let nested)):
      return parameters(at: names.dropFirst().joined(separator: "."), of: nested)
    case .one(.leaf(let leaf)): return [leaf.parameter]
    case .many(let values):
      return values.compactMap { if case .leaf(let leaf) = $0 { leaf.parameter } else { nil } }
    case .entries: return []
    }
  }

  /// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3).
  private static func encoded(_ text: String) -> String {
    let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    return text.utf8.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return unreserved.contains(byte)
        ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
    }.joined()
  }
}
