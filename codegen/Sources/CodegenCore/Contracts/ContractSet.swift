import ProtobufC

/// All contracts of a descriptor set: every declaration in the order of the files, with what its
/// options state.
struct ContractSet {
  let schema: Schema
  let options: OptionReader
  /// The messages with those nested in them, without the entries of maps.
  let messages: [Named<MessageDescriptor>]
  /// The enums with those nested in messages.
  let enums: [Named<EnumDescriptor>]
  let services: [Named<ServiceDescriptor>]
  let methods: [ContractMethod]
  let topics: [ContractTopic]
  /// What messages ask of their fields, by full name.
  let rules: [String: ContractRuleSet]

  /// A declaration under its full name.
  struct Named<Descriptor> {
    var name: String
    var descriptor: Descriptor
    var file: FileDescriptor
  }

  /// Reads the options of a set.
  ///
  /// - Throws: `OptionError` when an option does not follow its declaration, or is not declared.
  init(_ files: [FileDescriptor]) throws(OptionError) {
    schema = Schema(files)
    options = OptionReader(schema)
    var messages: [Named<MessageDescriptor>] = []
    var enums: [Named<EnumDescriptor>] = []
    var services: [Named<ServiceDescriptor>] = []
    for file in files {
      for message in file.messages {
        ContractSet.collect(message, file, parents: [], &messages, &enums)
      }
      enums += file.enums.map {
        Named(name: fullName($0.name, file, []), descriptor: $0, file: file)
      }
      services += file.services.map {
        Named(name: fullName($0.name, file, []), descriptor: $0, file: file)
      }
    }
    self.messages = messages
    self.enums = enums
    self.services = services
    var methods: [ContractMethod] = []
    for service in services {
      for method in service.descriptor.methods {
        methods.append(try ContractMethod(method, of: service, options))
      }
    }
    self.methods = methods
    var topics: [ContractTopic] = []
    for message in messages {
      if let topic = try ContractTopic(message, options) { topics.append(topic) }
    }
    self.topics = topics
    var rules: [String: ContractRuleSet] = [:]
    for message in messages {
      rules[message.name] = try ContractRuleSet(message.descriptor, options)
    }
    self.rules = rules
  }

  private static func collect(
    _ message: MessageDescriptor, _ file: FileDescriptor, parents: [String],
    _ messages: inout [Named<MessageDescriptor>], _ enums: inout [Named<EnumDescriptor>]
  ) {
    guard !message.isMapEntry else { return }
    messages.append(
      Named(name: fullName(message.name, file, parents), descriptor: message, file: file))
    let inner = parents + [message.name]
    for nested in message.messages { collect(nested, file, parents: inner, &messages, &enums) }
    enums += message.enums.map {
      Named(name: fullName($0.name, file, inner), descriptor: $0, file: file)
    }
  }
}

extension ContractSet.Named {
  /// A line of the declaration's file.
  func place(_ location: SourceLocation) -> Place { Place(file: file.name, line: location.line) }
}
