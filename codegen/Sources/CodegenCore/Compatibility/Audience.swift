import ProtobufC

/// Who exchanges a message, and so is broken by a change of it.
struct Audience: Hashable {
  /// The RPCs whose request or response carries it.
  var methods: [String] = []
  /// Their REST operations.
  var routes: [String] = []
  /// Their WebSocket channels.
  var channels: [String] = []
  /// The topics whose events carry it.
  var topics: [String] = []

  /// The form of a message that a change touches.
  enum Form {
    /// The numbers and types of fields.
    case binary
    /// The names of fields and values.
    case json
    /// Both of them.
    case any
  }

  /// How many names a sentence gives before it only counts.
  static let namedMaximum = 3

  /// Such as "breaks callers of TradingService.GetOrder, REST clients of GET /api/orders".
  func sentence(_ form: Form = .any) -> String {
    var groups: [String] = []
    if form != .json { groups += Audience.group("callers of", methods) }
    if form != .binary {
      groups += Audience.group("REST clients of", routes)
      groups += Audience.group("WebSocket clients of channel", channels)
    }
    // Events travel as JSON by the names of the file, or binary where a consumer asked for it.
    groups += Audience.group("consumers of topic", topics)
    if form == .json, !methods.isEmpty, routes.isEmpty, channels.isEmpty {
      groups += Audience.group("who reads as JSON what is exchanged by", methods)
    }
    return groups.isEmpty
      ? "breaks whoever has kept one or passed it on" : "breaks " + groups.joined(separator: ", ")
  }

  private static func group(_ title: String, _ names: [String]) -> [String] {
    guard !names.isEmpty else { return [] }
    let named = names.prefix(namedMaximum)
    let others = names.count - named.count
    if others > 0 { return ["\(title) \(named.joined(separator: ", ")) and \(others) more"] }
    let last = named.suffix(1).joined()
    let text = named.count == 1 ? last : "\(named.dropLast().joined(separator: ", ")) and \(last)"
    return ["\(title) \(text)"]
  }
}

/// The audience of every message and enum of a contract set.
struct AudienceIndex {
  private var byType: [String: Audience] = [:]

  /// Who carries a type either way.
  init(_ contracts: ContractSet) {
    add(contracts) { [$0.inputType, $0.outputType] }
    for topic in contracts.topics {
      for type in AudienceIndex.reached(from: [topic.event], contracts.schema) {
        byType[type, default: Audience()].topics.append(topic.name)
      }
    }
  }

  /// Who carries a type in a request.
  init(ofRequests contracts: ContractSet) { add(contracts) { [$0.inputType] } }

  /// Adds those who carry messages of RPCs.
  private mutating func add(_ contracts: ContractSet, _ roots: (MethodDescriptor) -> [String]) {
    for method in contracts.methods {
      let channel = method.channel.map { [$0.text("name")] } ?? []
      for type in AudienceIndex.reached(from: roots(method.descriptor), contracts.schema) {
        byType[type, default: Audience()].methods.append(method.title)
        byType[type, default: Audience()].routes += method.routes.map(\.title)
        byType[type, default: Audience()].channels += channel
      }
    }
  }

  /// Who exchanges a type; nobody, for one that nothing carries.
  subscript(type: String) -> Audience { byType[type] ?? Audience() }

  /// The types a message can carry, itself among them.
  private static func reached(from roots: [String], _ schema: Schema) -> Set<String> {
    var reached: Set<String> = []
    var open = roots
    while let type = open.popLast() {
      guard reached.insert(type).inserted else { continue }
      for field in schema.message(type)?.descriptor.fields ?? [] where !field.typeName.isEmpty {
        open.append(field.typeName)
      }
    }
    return reached
  }
}
