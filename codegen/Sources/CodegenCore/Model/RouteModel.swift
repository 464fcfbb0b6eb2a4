/// A REST operation of an RPC, from one `google.api.http` binding.
struct RouteModel {
  /// The verb as the runtime names it: `get`, `put`, `post`, `delete`, `patch`.
  var verb: String
  /// The path template as stated.
  var template: PathTemplate
  var body: Body
  /// The fields that path and query can fill.
  var parameters: [ParameterModel]

  /// What the HTTP body becomes.
  enum Body {
    case none
    case whole
    case field(FieldModel)
  }
}

/// A leaf field of a request, reached through singular messages.
struct ParameterModel {
  /// The fields from the request to the leaf.
  var path: [FieldModel]
  /// The oneof of which the leaf is a member.
  var oneof: OneofModel?

  /// In proto names: `range.start_time`.
  var field: String { path.map(\.protoName).joined(separator: ".") }

  /// In JSON names, where one of them is not the usual.
  var renamed: String? {
    let isRenamed = path.contains { $0.jsonName != DefaultNames.json($0.protoName) }
    return isRenamed ? path.map(\.jsonName).joined(separator: ".") : nil
  }
}

/// A WebSocket channel of a server-streaming RPC.
struct ChannelModel {
  var name: String
  /// The request's fields that select what is streamed.
  var keys: [FieldModel]
  /// The response's fields.
  var snapshot: FieldModel
  var update: FieldModel
  var sequence: FieldModel
  /// The response's oneofs; a snapshot and an update are usually members of one.
  var responseOneofs: [OneofModel]
  /// The update's field by which updates are conflated; nil where none may be lost.
  var conflateBy: FieldModel?
  /// The least time between two updates of a key; nil where only slow readers get fewer.
  var conflateMilliseconds: Int64?
  /// The longest time without a message; nil without heartbeats.
  var heartbeatMilliseconds: Int64?
}

/// The names protobuf derives where a contract states none.
enum DefaultNames {
  /// The JSON name of a field: underscores go, the letter after one is capital.
  static func json(_ snake: String) -> String {
    var name = ""
    var capitalize = false
    for character in snake {
      if character == "_" {
        capitalize = true
      } else {
        name += capitalize ? character.uppercased() : String(character)
        capitalize = false
      }
    }
    return name
  }
}
