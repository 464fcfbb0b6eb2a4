/// Finds the route of a request in a tree of path segments.
///
/// Precedence does not depend on the order of the routes. From left to right a literal wins over `*`,
/// and `*` over `**`; where the better branch leads nowhere, the next is tried. At the end of a path a
/// template with a verb wins over one without.
public struct RouteTable<Value: Sendable>: Sendable {
  /// Two routes that answer exactly the same requests.
  public struct Conflict: Error, CustomStringConvertible {
    /// The verb of both.
    public let verb: HTTPVerb
    /// The template that came first.
    public let first: PathTemplate
    /// The template that came later.
    public let second: PathTemplate

    /// Names both routes.
    public var description: String {
      "routes \(verb.rawValue) \(first) and \(verb.rawValue) \(second) answer the same requests"
    }
  }

  /// What a request leads to.
  public enum Match: Sendable {
    /// A route, and the values of its path variables by field path.
    case found(Value, variables: [(fieldPath: String, text: String)])
    /// The path has routes, but none for the verb. The verbs it has are in the order of `HTTPVerb`.
    case verbNotAllowed(allowed: [HTTPVerb])
    /// No route has this path.
    case notFound
  }

  private struct Leaf: Sendable {
    let verb: HTTPVerb
    let template: PathTemplate
    let value: Value
  }

  private struct Node: Sendable {
    var literals: [String: Int] = [:]
    var any: Int?
    var leaves: [Leaf] = []
    var restLeaves: [Leaf] = []
  }

  private var nodes = [Node()]

  /// Builds the table.
  ///
  /// - Throws: `Conflict` when two routes answer the same requests.
  public init(
    _ routes: some Sequence<(verb: HTTPVerb, template: PathTemplate, value: Value)>
  ) throws(Conflict) {
    for route in routes {
      let leaf = Leaf(verb: route.verb, template: route.template, value: route.value)
      try insert(leaf)
    }
  }

  /// Finds what answers a request.
  public func match(_ verb: HTTPVerb?, _ path: RequestPath) -> Match {
    var allowed: Set<HTTPVerb> = []
    for templateVerb in path.verb.map({ [$0, nil] }) ?? [nil] {
      let segments = path.segments(withoutVerb: templateVerb != nil)
      var found: Leaf?
      visit(segments[...], from: 0) { leaf in
        guard leaf.template.verb == templateVerb else { return false }
        allowed.insert(leaf.verb)
        guard leaf.verb == verb else { return false }
        found = leaf
        return true
      }
      if let found {
        return .found(found.value, variables: found.template.values(in: path, verb: templateVerb))
      }
    }
    return allowed.isEmpty
      ? .notFound : .verbNotAllowed(allowed: HTTPVerb.allCases.filter(allowed.contains))
  }

  private mutating func insert(_ leaf: Leaf) throws(Conflict) {
    var index = 0
    var endsWithRest = false
    for segment in leaf.template.segments {
      switch segment {
      case .literal(let text):
        if let next = nodes[index].literals[text] {
          index = next
        } else {
          nodes.append(Node())
          nodes[index].literals[text] = nodes.count - 1
          index = nodes.count - 1
        }
      case .any:
        if let next = nodes[index].any {
          index = next
        } else {
          nodes.append(Node())
          nodes[index].any = nodes.count - 1
          index = nodes.count - 1
        }
      case .rest:
        endsWithRest = true
      }
    }
    let siblings = endsWithRest ? nodes[index].restLeaves : nodes[index].leaves
    for other in siblings
    where other.verb == leaf.verb && other.template.verb == leaf.template.verb {
      throw Conflict(verb: leaf.verb, first: other.template, second: leaf.template)
    }
    if endsWithRest {
      nodes[index].restLeaves.append(leaf)
    } else {
      nodes[index].leaves.append(leaf)
    }
  }

  /// Shows every leaf that matches, best first, until `accept` returns true.
  ///
  /// Each node is visited once at most, so a request costs no more than the size of the table.
  @discardableResult
  private func visit(
    _ segments: ArraySlice<RequestPath.Segment>, from index: Int, _ accept: (Leaf) -> Bool
  ) -> Bool {
    let node = nodes[index]
    if let segment = segments.first {
      let others = segments.dropFirst()
      if let next = node.literals[segment.decoded], visit(others, from: next, accept) {
        return true
      }
      if let next = node.any, !segment.decoded.isEmpty, visit(others, from: next, accept) {
        return true
      }
    } else if node.leaves.contains(where: accept) {
      return true
    }
    return node.restLeaves.contains(where: accept)
  }
}
