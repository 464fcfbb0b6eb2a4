import ProtobufC

extension ModelBuilder {
  /// The REST operations of an RPC: its rule and the additional bindings.
  func routes(of method: MethodModel, _ rule: OptionMessage) -> [RouteModel] {
    if method.kind != .unary {
      diagnostics.report(
        method.place, "\(method.proto) has an HTTP route but is not unary",
        "offer a server stream as a channel, or drop the route")
      return []
    }
    guard let request = message(method.request.proto) else {
      diagnostics.report(
        method.place, "\(method.proto) has an HTTP route but its request is not ours",
        "declare a request message")
      return []
    }
    return ([rule] + rule.messages("additional_bindings")).compactMap {
      route(of: method, $0, request)
    }
  }

  private func route(
    of method: MethodModel, _ rule: OptionMessage, _ request: MessageModel
  ) -> RouteModel? {
    let verbs = ["get", "put", "post", "delete", "patch"].filter { !rule.text($0).isEmpty }
    guard let verb = verbs.first else {
      diagnostics.report(
        method.place, "a route of \(method.proto) has no verb",
        "state one of get, put, post, delete and patch; `custom` is not supported")
      return nil
    }
    guard let template = PathTemplate(rule.text(verb)) else {
      diagnostics.report(
        method.place, "\"\(rule.text(verb))\" is not a path template",
        "write it as in google/api/http.proto, such as \"/api/orders/{order_id}\"")
      return nil
    }
    if !rule.text("response_body").isEmpty {
      diagnostics.report(
        method.place, "response_body of \(method.proto) is not supported",
        "answer with the message itself")
    }
    let problems = diagnostics.all.count
    let variables = template.variables.compactMap {
      variable($0, of: request, method, template)
    }
    if Set(template.variables).count < template.variables.count {
      diagnostics.report(
        method.place, "\(template.text) names a variable twice", "name each field once")
    }
    let body = body(of: method, verb, rule.text("body"), request)
    let query = query(of: method, request, body, Set(template.variables))
    guard diagnostics.all.count == problems else { return nil }
    return RouteModel(verb: verb, template: template, body: body, parameters: variables + query)
  }

  private func variable(
    _ path: String, of request: MessageModel, _ method: MethodModel, _ template: PathTemplate
  ) -> ParameterModel? {
    var message: MessageModel? = request
    var fields: [FieldModel] = []
    var oneof: OneofModel?
    for name in path.split(separator: ".").map(String.init) {
      guard let field = message?.field(name) else {
        diagnostics.report(
          method.place, "\(template.text) names \"\(path)\", which \(request.name) does not have",
          "name a field of \(request.name), or add it")
        return nil
      }
      fields.append(field)
      oneof = field.oneofIndex.flatMap { message?.oneofs[$0] }
      message = if case .message(let type) = field.value { self.message(type.proto) } else { nil }
    }
    guard let leaf = fields.last, isParameter(leaf), !isRepeated(leaf),
      fields.dropLast().allSatisfy({ $0.cardinality == .explicit })
    else {
      diagnostics.report(
        method.place, "\"\(path)\" of \(template.text) cannot be filled by one path segment",
        "name a singular field of text, number, enum or a well-known type")
      return nil
    }
    return ParameterModel(path: fields, oneof: oneof)
  }

  private func body(
    of method: MethodModel, _ verb: String, _ name: String, _ request: MessageModel
  ) -> RouteModel.Body {
    if name.isEmpty { return .none }
    if verb == "get" || verb == "delete" {
      diagnostics.report(
        method.place, "a \(verb) route of \(method.proto) states a body", "drop `body`")
    }
    if name == "*" { return .whole }
    guard let field = request.field(name) else {
      diagnostics.report(
        method.place,
        "the body of \(method.proto) is \"\(name)\", which \(request.name) does not have",
        "name a message field of \(request.name), or \"*\"")
      return .none
    }
    guard case .message = field.value, field.cardinality == .explicit else {
      diagnostics.report(
        method.place, "the body of \(method.proto) is \"\(name)\", which is not a singular message",
        "name a singular message field outside a oneof, or \"*\"")
      return .none
    }
    return .field(field)
  }

  /// What the query can fill: every leaf that neither the path nor the body fills.
  private func query(
    of method: MethodModel, _ request: MessageModel, _ body: RouteModel.Body,
    _ variables: Set<String>
  ) -> [ParameterModel] {
    if case .whole = body { return [] }
    var bodyField: String?
    if case .field(let field) = body { bodyField = field.protoName }
    return leaves(of: request, below: [], method, variables, bodyField)
  }

  private func leaves(
    of message: MessageModel, below path: [FieldModel], _ method: MethodModel,
    _ variables: Set<String>, _ bodyField: String?
  ) -> [ParameterModel] {
    message.fields.flatMap { field -> [ParameterModel] in
      let oneof = field.oneofIndex.map { message.oneofs[$0] }
      let parameter = ParameterModel(path: path + [field], oneof: oneof)
      if path.isEmpty, field.protoName == bodyField { return [] }
      if variables.contains(parameter.field) { return [] }
      if isParameter(field) { return [parameter] }
      if case .message(let type) = field.value, field.cardinality == .explicit, !field.isIndirect,
        let nested = self.message(type.proto)
      {
        return leaves(of: nested, below: path + [field], method, variables, nil)
      }
      diagnostics.report(
        method.place,
        "\"\(parameter.field)\" of \(method.proto)'s request can come neither from the path nor from "
          + "the query", "state `body: \"*\"`, or give the RPC a request without it")
      return []
    }
  }

  /// Whether a parameter of the path or the query can fill a field.
  func isParameter(_ field: FieldModel) -> Bool {
    switch (field.cardinality, field.value) {
    case (.map, _): return false
    case (.repeated, .scalar(.bytes)): return false
    case (_, .scalar), (_, .enumeration), (_, .decimal): return true
    case (_, .message(let type)): return TypeCatalog.parameters.contains(type.proto)
    }
  }

  private func isRepeated(_ field: FieldModel) -> Bool {
    if case .repeated = field.cardinality { true } else { false }
  }
}
