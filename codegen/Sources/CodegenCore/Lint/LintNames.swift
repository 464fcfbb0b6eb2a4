import ProtobufC

extension ContractLint {
  /// Names of a message, its fields and oneofs.
  func checkNames(of message: ContractSet.Named<MessageDescriptor>) {
    let descriptor = message.descriptor
    require(
      NameStyle.isUpperCamel(descriptor.name), message.place(descriptor.location),
      "message \(descriptor.name)", "UpperCamelCase")
    for field in descriptor.fields {
      require(
        NameStyle.isLowerSnake(field.name), message.place(field.location),
        "field \(field.name) of \(descriptor.name)", "lower_snake_case")
    }
    for oneof in descriptor.realOneofs {
      require(
        NameStyle.isLowerSnake(oneof.name), message.place(oneof.location),
        "oneof \(oneof.name) of \(descriptor.name)", "lower_snake_case")
    }
  }

  /// Names of an enum and its values, and the value that is there when none was sent.
  func checkNames(of type: ContractSet.Named<EnumDescriptor>) {
    let descriptor = type.descriptor
    require(
      NameStyle.isUpperCamel(descriptor.name), type.place(descriptor.location),
      "enum \(descriptor.name)", "UpperCamelCase")
    let prefix = NameStyle.prefix(ofEnum: descriptor.name)
    for value in descriptor.values {
      let place = type.place(value.location)
      if !NameStyle.isUpperSnake(value.name) || !value.name.hasPrefix("\(prefix)_") {
        diagnostics.report(
          place, "value \(value.name) of \(descriptor.name) does not begin with \(prefix)_",
          "write it in UPPER_SNAKE_CASE with the enum's name in front, which JSON leaves away")
      }
    }
    let zeroName = "\(prefix)_UNSPECIFIED"
    if let zero = descriptor.values.first(where: { $0.number == 0 }), zero.name != zeroName {
      diagnostics.report(
        type.place(zero.location), "the zero value of \(descriptor.name) is \(zero.name)",
        "call it \(zeroName): zero is what was not stated, and means nothing else")
    }
  }

  /// Names of a service and its RPCs.
  func checkNames(of service: ContractSet.Named<ServiceDescriptor>) {
    let descriptor = service.descriptor
    let place = service.place(descriptor.location)
    require(
      NameStyle.isUpperCamel(descriptor.name), place, "service \(descriptor.name)",
      "UpperCamelCase")
    if !descriptor.name.hasSuffix("Service") || descriptor.name == "Service" {
      diagnostics.report(
        place, "service \(descriptor.name) does not end in Service",
        "call it \(descriptor.name)Service")
    }
    for method in descriptor.methods {
      require(
        NameStyle.isUpperCamel(method.name), service.place(method.location), "RPC \(method.name)",
        "UpperCamelCase")
    }
  }

  private func require(_ holds: Bool, _ place: Place, _ what: String, _ form: String) {
    guard !holds else { return }
    diagnostics.report(place, "\(what) is not in \(form)", "write it in \(form)")
  }
}

extension MessageDescriptor {
  /// The oneofs the author wrote: protoc makes others up for `optional` fields.
  var realOneofs: [OneofDescriptor] {
    let indices = Set(fields.filter { !$0.isProto3Optional }.compactMap(\.oneofIndex))
    return oneofs.indices.filter(indices.contains).map { oneofs[$0] }
  }
}
