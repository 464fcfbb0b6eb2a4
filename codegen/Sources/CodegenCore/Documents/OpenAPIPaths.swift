/// The paths of an OpenAPI document, each with its operations.
struct OpenAPIPaths {
  private var items: [(path: String, node: JSONNode)] = []
  private var namesOfShape: [String: [String]] = [:]

  /// The names of the variables in a route's path, in order.
  ///
  /// Routes of one shape share them: OpenAPI takes `/orders/{a}` and `/orders/{b}` for one path.
  /// A variable of several segments, `{name=shelves/*/books/*}`, becomes one name for each of them.
  mutating func names(of route: RouteModel) -> [String] {
    let template = route.template
    if let names = namesOfShape[template.shape] { return names }
    var names: [String] = []
    for (index, variable) in template.wildcards.enumerated() {
      let stem = variable ?? "segment"
      let isOneSegment = variable != nil && template.wildcards.count { $0 == variable } == 1
      names.append(isOneSegment ? stem : "\(stem)_\(index + 1)")
    }
    namesOfShape[template.shape] = names
    return names
  }

  /// Adds an operation under its route's path and verb.
  mutating func add(_ operation: JSONNode, _ route: RouteModel) {
    var names = names(of: route)[...]
    let segments = route.template.shape.split(separator: "/").map { segment -> String in
      let verb = segment.firstIndex(of: ":").map { segment[$0...] } ?? ""
      guard segment.dropLast(verb.count).allSatisfy({ $0 == "*" }) else { return String(segment) }
      return "{\(names.removeFirst())}\(verb)"
    }
    add(operation, path: "/" + segments.joined(separator: "/"), verb: route.verb)
  }

  /// Adds an operation under a path.
  mutating func add(_ operation: JSONNode, path: String, verb: String = "get") {
    if let index = items.firstIndex(where: { $0.path == path }) {
      items[index].node[verb] = operation
    } else {
      items.append((path, .object([JSONNode.Member(name: verb, value: operation)])))
    }
  }

  /// The object of all paths.
  var node: JSONNode {
    .object(items.map { JSONNode.Member(name: $0.path, value: $0.node) })
  }
}
