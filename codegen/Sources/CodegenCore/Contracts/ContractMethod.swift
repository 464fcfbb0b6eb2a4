import ProtobufC

/// An RPC with what its options state.
struct ContractMethod {
  var package: String
  /// The full name of its service.
  var service: String
  var descriptor: MethodDescriptor
  var options: OptionMessage
  var place: Place
  /// Its REST operations.
  var routes: [ContractRoute]

  init(
    _ method: MethodDescriptor, of service: ContractSet.Named<ServiceDescriptor>,
    _ reader: OptionReader
  ) throws(OptionError) {
    package = service.file.package
    self.service = service.name
    descriptor = method
    options = try reader.read(method.options, of: "google.protobuf.MethodOptions")
    place = service.place(method.location)
    let rule = options.messages("google.api.http").last
    routes =
      rule.map { ([$0] + $0.messages("additional_bindings")).compactMap(ContractRoute.init) } ?? []
  }

  /// Such as `alphintra.trading.v1.TradingService.PlaceOrder`.
  var name: String { "\(service).\(descriptor.name)" }

  /// Such as `TradingService.PlaceOrder`.
  var title: String { "\(shortName(service)).\(descriptor.name)" }

  var access: OptionMessage? { options.messages("alphintra.options.access").last }

  var channel: OptionMessage? { options.messages("alphintra.options.channel").last }

  /// The HTTP status of success.
  var successStatus: Int64 {
    let status = options.integer("alphintra.options.success_status")
    return status == 0 ? 200 : status
  }
}

/// A REST operation of an RPC.
struct ContractRoute {
  var verb: String
  var template: PathTemplate
  /// The field that the HTTP body becomes; "*" for the whole request, empty for none.
  var body: String

  /// Reads one binding; nil where it names no path, which the generator refuses.
  init?(_ rule: OptionMessage) {
    let verbs = ["get", "put", "post", "delete", "patch"]
    guard let verb = verbs.first(where: { !rule.text($0).isEmpty }),
      let template = PathTemplate(rule.text(verb))
    else { return nil }
    self.verb = verb.uppercased()
    self.template = template
    body = rule.text("body")
  }

  /// Such as `GET /api/orders/{order_id}`.
  var title: String { "\(verb) \(template.text)" }

  /// The same for all routes that answer the same requests.
  var identity: String { "\(verb) \(template.shape)" }
}

/// The topic of an event message.
struct ContractTopic {
  var name: String
  /// The full name of the event message.
  var event: String
  var message: MessageDescriptor
  var options: OptionMessage
  var place: Place

  /// Reads the topic of a message; nil where it states none.
  init?(
    _ message: ContractSet.Named<MessageDescriptor>, _ reader: OptionReader
  ) throws(OptionError) {
    let options = try reader.read(
      message.descriptor.options, of: "google.protobuf.MessageOptions")
    guard let topic = options.messages("alphintra.options.topic").last else { return nil }
    name = topic.text("name")
    event = message.name
    self.message = message.descriptor
    self.options = topic
    place = message.place(message.descriptor.location)
  }
}

/// The last part of a full name.
func shortName(_ name: String) -> String {
  name.split(separator: ".").last.map(String.init) ?? name
}
