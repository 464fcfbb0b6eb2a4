import ProtobufC

extension ContractLint {
  /// Requests, responses, pages and routes of the platform's RPCs.
  func checkMethods() {
    for method in contracts.methods where ContractKind(package: method.package) == .platform {
      checkRequest(of: method)
      checkResponse(of: method)
      if method.descriptor.name.hasPrefix("List") { checkPage(of: method) }
      for route in method.routes { checkRoute(route, of: method) }
    }
  }

  private func checkRequest(of method: ContractMethod) {
    let wanted = "\(method.descriptor.name)Request"
    // A name in the wrong form is reported as such.
    guard shortName(method.descriptor.inputType) != wanted,
      NameStyle.isUpperCamel(method.descriptor.name)
    else { return }
    diagnostics.report(
      method.place, "\(method.descriptor.name) takes \(method.descriptor.inputType)",
      "declare message \(wanted) for it alone: what one RPC needs later the others do not")
  }

  private func checkResponse(of method: ContractMethod) {
    let response = shortName(method.descriptor.outputType)
    if response.hasSuffix("Request") {
      diagnostics.report(
        method.place, "\(method.descriptor.name) answers \(method.descriptor.outputType)",
        "answer the resource, or a message \(method.descriptor.name)Response")
    } else if response.hasSuffix("Response"), response != "\(method.descriptor.name)Response" {
      diagnostics.report(
        method.place, "\(method.descriptor.name) answers \(response) of another RPC",
        "answer the resource, or a message \(method.descriptor.name)Response")
    }
  }

  private func checkPage(of method: ContractMethod) {
    let request = contracts.schema.message(method.descriptor.inputType)?.descriptor
    let response = contracts.schema.message(method.descriptor.outputType)?.descriptor
    func has(_ name: String, _ type: FieldType, in message: MessageDescriptor?) -> Bool {
      message?.fields.contains { $0.name == name && $0.type == type && $0.label != .repeated }
        ?? false
    }
    if !has("page_size", .int32, in: request) || !has("page_token", .string, in: request)
      || !has("next_page_token", .string, in: response)
    {
      diagnostics.report(
        method.place, "\(method.descriptor.name) does not answer in pages",
        "state `int32 page_size` and `string page_token` in its request and `string next_page_token` "
          + "in its response: a list grows")
    }
  }

  private func checkRoute(_ route: ContractRoute, of method: ContractMethod) {
    let literals = route.template.text.split(separator: "/").map(String.init).filter {
      !$0.contains("{") && !$0.contains("}") && !$0.contains("*")
    }
    if literals.first != "api" || !literals.allSatisfy(NameStyle.isLowerKebab) {
      diagnostics.report(
        method.place, "the path of \(route.title) is not below /api in lower-kebab-case",
        "write it like /api/market-data/{symbol}")
    }
    switch (route.verb, method.descriptor.idempotency) {
    case ("GET", let level) where level != .noSideEffects:
      diagnostics.report(
        method.place, "\(route.title) is a GET of an RPC that may change something",
        "state `option idempotency_level = NO_SIDE_EFFECTS;`, or use POST")
    case ("PUT", .unknown), ("DELETE", .unknown):
      diagnostics.report(
        method.place, "\(route.title) may be repeated by whoever sends it, the RPC not",
        "state `option idempotency_level = IDEMPOTENT;`, or use POST")
    default: break
    }
  }
}
