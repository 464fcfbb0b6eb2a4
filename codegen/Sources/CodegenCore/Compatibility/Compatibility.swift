import ProtobufC

/// Compares contracts with those of the last release: what was promised and no longer holds.
///
/// For messages, enums and RPCs the level is WIRE_JSON of `buf breaking`: what breaks a program built
/// from the earlier contracts, in binary or in JSON. Beyond it: removed RPCs, REST operations,
/// channels, topics, the words JSON prints, and access and rules of fields that have become stricter.
struct Compatibility {
  /// What was promised.
  let old: ContractSet
  /// What the contracts say now.
  let new: ContractSet
  /// Who exchanges what was promised.
  let audience: AudienceIndex
  /// Who sends it in a request.
  let senders: AudienceIndex
  let diagnostics: Diagnostics

  private let newFiles: [String: FileDescriptor]
  private let newMessages: [String: ContractSet.Named<MessageDescriptor>]
  private let newEnums: [String: ContractSet.Named<EnumDescriptor>]
  private let newServices: [String: ContractSet.Named<ServiceDescriptor>]
  private let newMethods: [String: ContractMethod]

  init(from old: ContractSet, to new: ContractSet, _ diagnostics: Diagnostics) {
    self.old = old
    self.new = new
    self.diagnostics = diagnostics
    audience = AudienceIndex(old)
    senders = AudienceIndex(ofRequests: old)
    newFiles = Compatibility.index(new.schema.files, by: \.name)
    newMessages = Compatibility.index(new.messages, by: \.name)
    newEnums = Compatibility.index(new.enums, by: \.name)
    newServices = Compatibility.index(new.services, by: \.name)
    newMethods = Compatibility.index(new.methods, by: \.name)
  }

  /// Reports every promise that no longer holds.
  func check() {
    checkPackages()
    for message in old.messages where isPromised(message.file) {
      // A message that is gone breaks who carries it, and is reported there.
      guard let now = newMessages[message.name] else { continue }
      checkFields(of: message, now)
      checkRules(of: message, now)
      checkReserved(
        message.name, message.descriptor.reserved, now.descriptor.reserved,
        now.place(now.descriptor.location))
    }
    for type in old.enums where isPromised(type.file) {
      guard let now = newEnums[type.name] else { continue }
      checkValues(of: type, now)
      checkReserved(
        type.name, type.descriptor.reserved, now.descriptor.reserved,
        now.place(now.descriptor.location))
    }
    for service in old.services where isPromised(service.file) { checkService(service) }
    checkTopics()
  }

  /// Whether the declarations of a file are promised to anyone; those of a file that has changed its
  /// package are all gone, which is reported once.
  func isPromised(_ file: FileDescriptor) -> Bool {
    let package = newFiles[file.name]?.package ?? file.package
    return ContractKind(package: file.package) == .platform && package == file.package
  }

  private func checkPackages() {
    for file in old.schema.files where ContractKind(package: file.package) == .platform {
      guard let now = newFiles[file.name], now.package != file.package else { continue }
      diagnostics.report(
        Place(file: file.name, line: now.packageLocation.line),
        "the package is \(now.package), was \(file.package)",
        affected: "breaks everyone: the package is part of every name",
        "put it back; a new version is a new folder beside it")
    }
  }

  private func checkService(_ service: ContractSet.Named<ServiceDescriptor>) {
    let now = newServices[service.name]
    let servicePlace = now.map { $0.place($0.descriptor.location) } ?? place(ofFile: service.file)
    let methods = old.methods.filter { $0.service == service.name }
    if now == nil {
      reportRemoval("service \(shortName(service.name))", of: methods, servicePlace)
    }
    for method in methods {
      let current = newMethods[method.name]
      if let current {
        checkMethod(method, current)
        checkAccess(of: method, current)
      } else if now != nil {
        reportRemoval("RPC \(method.title)", of: [method], servicePlace)
      }
      for route in method.routes { checkRoute(route, of: method, current?.place ?? servicePlace) }
      if let channel = method.channel {
        checkChannel(channel, of: method, current?.place ?? servicePlace)
      }
    }
  }

  private func reportRemoval(_ what: String, of methods: [ContractMethod], _ place: Place) {
    diagnostics.report(
      place, "\(what) is gone", affected: Audience(methods: methods.map(\.title)).sentence(.binary),
      "put it back marked deprecated; what replaces it stands beside it, or in the next version of "
        + "the package")
  }

  /// A line for what is gone from a file.
  func place(ofFile file: FileDescriptor) -> Place { Place(file: file.name, line: 1) }

  /// The message as it is now, wherever it stands.
  func message(_ name: String) -> ContractSet.Named<MessageDescriptor>? { newMessages[name] }

  private static func index<Element>(
    _ elements: [Element], by name: (Element) -> String
  ) -> [String: Element] {
    Dictionary(elements.map { (name($0), $0) }) { first, _ in first }
  }
}
