import ProtobufC

extension ContractLint {
  /// Comments of a message, its fields and oneofs.
  func checkComments(of message: ContractSet.Named<MessageDescriptor>) {
    let descriptor = message.descriptor
    requireComment(descriptor.location, message.file, "message \(descriptor.name)")
    for field in descriptor.fields {
      requireComment(field.location, message.file, "field \(field.name) of \(descriptor.name)")
    }
    for oneof in descriptor.realOneofs {
      requireComment(oneof.location, message.file, "oneof \(oneof.name) of \(descriptor.name)")
    }
  }

  /// Comments of an enum and its values.
  func checkComments(of type: ContractSet.Named<EnumDescriptor>) {
    requireComment(type.descriptor.location, type.file, "enum \(type.descriptor.name)")
    for value in type.descriptor.values {
      requireComment(value.location, type.file, "value \(value.name)")
    }
  }

  /// Comments of a service and its RPCs.
  func checkComments(of service: ContractSet.Named<ServiceDescriptor>) {
    requireComment(
      service.descriptor.location, service.file, "service \(service.descriptor.name)")
    for method in service.descriptor.methods {
      requireComment(method.location, service.file, "RPC \(method.name)")
    }
  }

  private func requireComment(_ location: SourceLocation, _ file: FileDescriptor, _ what: String) {
    guard DocComment(location).lines.isEmpty else { return }
    diagnostics.report(
      Place(file: file.name, line: location.line), "\(what) has no comment",
      "say above it what it means, in which unit, with which limits: it becomes the documentation")
  }
}
