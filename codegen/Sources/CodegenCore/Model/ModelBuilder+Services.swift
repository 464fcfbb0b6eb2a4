import ProtobufC

extension ModelBuilder {
  /// The model of a service.
  func service(_ service: ServiceDescriptor, in file: FileDescriptor) -> ServiceModel {
    let name = fullName(service.name, file, [])
    var functions = UniqueNames()
    return ServiceModel(
      proto: name, name: types.serviceNames[name] ?? service.name,
      comment: DocComment(service.location, isDeprecated: service.isDeprecated),
      place: Place(file: file.name, line: service.location.line),
      methods: service.methods.compactMap { method in
        let swiftName = functions.claim(
          SwiftName.function(method.name), avoiding: ReservedNames.functions,
          suffix: "_")
        return self.method(method, swiftName, of: service, in: file)
      })
  }

  private func method(
    _ method: MethodDescriptor, _ name: String, of service: ServiceDescriptor,
    in file: FileDescriptor
  ) -> MethodModel? {
    let place = Place(file: file.name, line: method.location.line)
    let elsewhere = vendored[fullName(method.name, file, [service.name])]
    var options = read(method.options, of: "MethodOptions", at: place)
    options.fields.merge(elsewhere.fields) { own, _ in own }
    let access = self.access(of: method, options, place)
    guard let request = type(method.inputType, of: method, place),
      let response = type(method.outputType, of: method, place)
    else { return nil }
    let deadline = options.integer("alphintra.options.deadline_ms")
    if deadline < 0 {
      diagnostics.report(
        place, "the deadline of \(method.name) is \(deadline) ms", "state a positive number")
    }
    var model = MethodModel(
      proto: method.name, name: name,
      comment: DocComment(method.location, isDeprecated: method.isDeprecated), place: place,
      request: request, response: response, kind: MethodModel.Kind(method),
      idempotency: MethodDescriptor.Idempotency(elsewhere) ?? method.idempotency, access: access,
      deadlineMilliseconds: deadline > 0 ? deadline : nil,
      successStatus: successStatus(of: method, options, place),
      rateClass: rateClass(of: method, options, place),
      criticality: criticality(of: options),
      isAudited: options.boolean("alphintra.options.audit"),
      deprecation: deprecation(of: method, options, place), routes: [], channel: nil)
    model.routes = options.messages("google.api.http").last.map { routes(of: model, $0) } ?? []
    model.channel = options.messages("alphintra.options.channel").last.flatMap {
      channel(of: model, $0)
    }
    return model
  }

  private func rateClass(
    of method: MethodDescriptor, _ options: OptionMessage, _ place: Place
  ) -> String? {
    let name = options.text("alphintra.options.rate_class")
    guard options.fields["alphintra.options.rate_class"] != nil else { return nil }
    if name.first?.isLetter != true
      || !name.utf8.allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      })
    {
      diagnostics.report(
        place, "rate class \"\(name)\" of \(method.name) is not legal",
        "use lower-case letters, digits and \"-\", and a letter first")
    }
    let isOffered =
      options.fields["google.api.http"] != nil
      || options.fields["alphintra.options.channel"] != nil
    if !isOffered {
      diagnostics.report(
        place, "\(method.name) has a rate class, but the edge does not offer it",
        "give it a route or a channel, or drop the rate class: it counts calls of the edge")
    }
    return name
  }

  private func criticality(of options: OptionMessage) -> MethodModel.Criticality {
    switch options.enumeration("alphintra.options.criticality") {
    case "CRITICALITY_CRITICAL_PLUS": .criticalPlus
    case "CRITICALITY_SHEDDABLE_PLUS": .sheddablePlus
    case "CRITICALITY_SHEDDABLE": .sheddable
    default: .critical
    }
  }

  /// The Swift type of a request or response.
  private func type(_ name: String, of method: MethodDescriptor, _ place: Place) -> TypeReference? {
    if let type = types[name], name != TypeCatalog.decimal { return type }
    diagnostics.report(
      place, "\(method.name) exchanges \(name), which has no message in Swift",
      "declare a message of its own")
    return nil
  }

  private func successStatus(
    of method: MethodDescriptor, _ options: OptionMessage, _ place: Place
  ) -> Int {
    let status = options.integer("alphintra.options.success_status")
    guard status != 0 else { return 200 }
    if !(200...299).contains(status) {
      diagnostics.report(
        place, "the success status of \(method.name) is \(status)", "state one from 200 to 299")
    }
    return Int(status)
  }
}

extension MethodModel.Kind {
  init(_ method: MethodDescriptor) {
    self =
      switch (method.isClientStreaming, method.isServerStreaming) {
      case (false, false): .unary
      case (true, false): .clientStreaming
      case (false, true): .serverStreaming
      case (true, true): .bidirectionalStreaming
      }
  }
}

extension MethodDescriptor.Idempotency {
  /// The level that options state as a field; nil where they state none.
  fileprivate init?(_ options: OptionMessage) {
    switch options.enumeration("idempotency_level") {
    case "NO_SIDE_EFFECTS": self = .noSideEffects
    case "IDEMPOTENT": self = .idempotent
    default: return nil
    }
  }
}
