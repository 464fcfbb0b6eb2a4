import ProtobufC

extension Compatibility {
  /// A REST operation: whether the same request still does the same.
  func checkRoute(_ route: ContractRoute, of method: ContractMethod, _ place: Place) {
    let affected = "breaks REST clients of \(route.title)"
    guard let (owner, current) = self.route(route.identity) else {
      diagnostics.report(
        place, "route \(route.title) is gone", affected: affected,
        "put it back; an RPC may have several routes by `additional_bindings`")
      return
    }
    func report(_ rule: String, _ remedy: String) {
      diagnostics.report(owner.place, rule, affected: affected, remedy)
    }
    if owner.name != method.name,
      owner.descriptor.inputType != method.descriptor.inputType
        || owner.descriptor.outputType != method.descriptor.outputType
    {
      report(
        "route \(route.title) is \(owner.title), was \(method.title)",
        "let it exchange \(method.descriptor.inputType) and \(method.descriptor.outputType)")
      return
    }
    let variables = route.template.variables.map { numbers($0, of: method, in: old) }
    let variablesNow = current.template.variables.map { numbers($0, of: owner, in: new) }
    if variables != variablesNow {
      report(
        "the path of \(route.title) fills \(words(current.template.variables)), filled "
          + words(route.template.variables),
        "name the same fields in the same places")
    }
    if body(route, of: method, in: old) != body(current, of: owner, in: new) {
      report(
        "the body of \(route.title) is \(bodyWords(current)), was \(bodyWords(route))",
        "state the same `body`")
    }
    if owner.successStatus != method.successStatus {
      report(
        "the status of success of \(route.title) is \(owner.successStatus), was "
          + "\(method.successStatus)", "state `success_status` as it was")
    }
  }

  private func route(_ identity: String) -> (ContractMethod, ContractRoute)? {
    for method in new.methods {
      if let route = method.routes.first(where: { $0.identity == identity }) {
        return (method, route)
      }
    }
    return nil
  }

  /// The numbers of the fields on a path, since a field that has changed its name is reported as such.
  private func numbers(
    _ path: String, of method: ContractMethod, in contracts: ContractSet
  ) -> [Int32] {
    var type = method.descriptor.inputType
    var numbers: [Int32] = []
    for name in path.split(separator: ".") {
      let fields = contracts.schema.message(type)?.descriptor.fields ?? []
      guard let field = fields.first(where: { $0.name == name }) else { return numbers }
      numbers.append(field.number)
      type = field.typeName
    }
    return numbers
  }

  private func body(
    _ route: ContractRoute, of method: ContractMethod, in contracts: ContractSet
  ) -> String {
    guard !route.body.isEmpty, route.body != "*" else { return route.body }
    return "\(numbers(route.body, of: method, in: contracts))"
  }

  private func bodyWords(_ route: ContractRoute) -> String {
    switch route.body {
    case "": "nothing"
    case "*": "the whole request"
    default: "its field \(route.body)"
    }
  }

  private func words(_ variables: [String]) -> String {
    variables.isEmpty ? "nothing" : variables.joined(separator: ", ")
  }
}
