import ProtobufC

/// Writes one REST operation of an RPC.
struct OpenAPIOperation {
  private let method: MethodModel
  private let service: ServiceModel
  private let package: PackageModel
  private let route: RouteModel
  private let binding: Int
  private let pathNames: [String]

  /// The operation of the RPC's route that is counted as `binding`, from 0; the variable segments of
  /// its path are called `pathNames`.
  init(
    _ method: MethodModel, of service: ServiceModel, in package: PackageModel, _ route: RouteModel,
    binding: Int, _ pathNames: [String]
  ) {
    self.method = method
    self.service = service
    self.package = package
    self.route = route
    self.binding = binding
    self.pathNames = pathNames
  }

  func node(_ schemas: inout OpenAPISchemas) -> JSONNode {
    let name = package.publicName(of: service)
    var node: JSONNode = [
      "tags": [.text(name)],
      "operationId": "\(name)_\(method.proto)\(binding == 0 ? "" : "_\(binding + 1)")",
    ]
    node["summary"] = method.comment.summary.map { .text($0) }
    node["description"] = method.comment.discussion.map { .text($0) }
    if method.comment.isDeprecated { node["deprecated"] = true }
    node["security"] = OpenAPISecurity.requirement(of: method.access)
    var parameters = pathParameters(&schemas) + queryParameters(&schemas)
    if takesIdempotencyKey { parameters.append(OpenAPIIdempotency.parameter) }
    if !parameters.isEmpty { node["parameters"] = .array(parameters) }
    node["requestBody"] = body(&schemas)
    node["responses"] = responses(&schemas)
    return node.adding(OpenAPIOperation.extensions(of: method, service))
  }

  /// Whether a client may name what it sends, so that it takes effect once: what a user posts, if it changes anything.
  private var takesIdempotencyKey: Bool {
    route.verb == "post" && method.access.user != nil && method.idempotency != .noSideEffects
  }

  /// What only we state about an RPC.
  static func extensions(of method: MethodModel, _ service: ServiceModel) -> JSONNode {
    var node: JSONNode = ["x-rpc": "\(service.proto)/\(method.proto)"]
    node["x-idempotency"] =
      switch method.idempotency {
      case .unknown: "unknown"
      case .idempotent: "idempotent"
      case .noSideEffects: "no-side-effects"
      }
    node["x-deadline-ms"] = method.deadlineMilliseconds.map { .integer($0) }
    node["x-rate-class"] = method.rateClass.map { .text($0) }
    if let deprecation = method.deprecation {
      node["x-deprecated-since"] = .text(deprecation.since)
      node["x-sunset"] = deprecation.sunset.map { .text($0) }
    }
    node["x-criticality"] = .text(method.criticality.words("-"))
    if let user = method.access.user {
      if !user.scopes.isEmpty { node["x-scopes"] = .array(user.scopes.map { .text($0) }) }
      if user.assurance == .multiFactor { node["x-assurance"] = "multi-factor" }
    }
    return node
  }

  /// One parameter for each segment that the client chooses.
  private func pathParameters(_ schemas: inout OpenAPISchemas) -> [JSONNode] {
    zip(pathNames, route.template.wildcards).map { name, variable in
      let isWhole = route.template.wildcards.count { $0 == variable } == 1
      let field = route.parameters.first { $0.field == variable }?.path.last
      var node: JSONNode = ["name": .text(name), "in": "path", "required": true]
      if let field, isWhole, !route.template.text.contains("{\(variable ?? "")=") {
        node["description"] = field.comment.prose.map { .text($0) }
        if field.comment.isDeprecated { node["deprecated"] = true }
        node["schema"] = schemas.constrained(field)
      } else {
        node["description"] = .text(
          "Part of `\(variable ?? "the path")` in `\(route.template.text)`.")
        node["schema"] = ["type": "string"]
      }
      return node
    }
  }

  private func queryParameters(_ schemas: inout OpenAPISchemas) -> [JSONNode] {
    let variables = Set(route.template.variables)
    return route.parameters.filter { !variables.contains($0.field) }.compactMap { parameter in
      guard let field = parameter.path.last else { return nil }
      let name = parameter.path.map(\.jsonName).joined(separator: ".")
      var node: JSONNode = ["name": .text(name), "in": "query"]
      node["description"] = field.comment.prose.map { .text($0) }
      if parameter.path.allSatisfy(\.isRequired) { node["required"] = true }
      if parameter.path.contains(where: \.comment.isDeprecated) { node["deprecated"] = true }
      node["schema"] = schemas.constrained(field)
      return node
    }
  }

  private func body(_ schemas: inout OpenAPISchemas) -> JSONNode? {
    let (schema, isRequired): (JSONNode, Bool)
    switch route.body {
    case .none: return nil
    case .whole:
      // What the path states, the body need not: only fields of the request itself, since the message
      // in one of them may be in the body for its other fields.
      let stated = Set(route.template.variables.filter { !$0.contains(".") })
      schema = schemas.body(of: method.request, without: stated)
      isRequired = schemas.hasRequiredFields(method.request, without: stated)
    case .field(let field):
      guard case .message(let message) = field.value else { return nil }
      schema = schemas.schema(of: .message(message))
      isRequired = field.isRequired || schemas.hasRequiredFields(message)
    }
    return [
      "required": .boolean(isRequired), "content": ["application/json": ["schema": schema]],
    ]
  }

  private func responses(_ schemas: inout OpenAPISchemas) -> JSONNode {
    let description = schemas.comment(of: method.response)?.summary ?? "Success"
    var node: JSONNode = [:]
    node["\(method.successStatus)"] = [
      "description": .text(description),
      "headers": OpenAPIHeaders.ofResponse(to: method),
      "content": [
        "application/json": ["schema": schemas.schema(of: .message(method.response))]
      ],
    ]
    var takesBody = true
    if case .none = route.body { takesBody = false }
    let problems = OpenAPIProblems.references(
      needsUser: method.access.user != nil, takesBody: takesBody,
      changesState: method.idempotency != .noSideEffects, takesKey: takesIdempotencyKey,
      isCounted: method.rateClass != nil)
    schemas.add(OpenAPIProblems.schemaName, OpenAPIProblems.schema)
    return node.adding(problems)
  }
}
