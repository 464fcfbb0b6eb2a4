internal import Core
internal import Protobuf

/// What a client says over a WebSocket, as JSON.
///
///     {"type":"authenticate","token":"…"}
///     {"type":"subscribe","id":"1","channel":"quotes","params":{"symbols":["AAPL"]}}
///     {"type":"unsubscribe","id":"1"}
///     {"type":"ping"}
enum ClientMessage: Equatable {
  /// Says who the user is, or renews the token.
  case authenticate(token: String)
  /// Opens a channel; `parameters` is the JSON of the RPC's request.
  case subscribe(id: String, channel: String, parameters: [UInt8])
  /// Closes a channel.
  case unsubscribe(id: String)
  /// Asks for a `pong`: browsers cannot send the pings of the protocol.
  case ping

  /// Why a message is refused; the socket stays open.
  struct Failure: Error, Equatable {
    /// The `id` of the message, as far as it was understood.
    let id: String?
    /// The member that is wrong; empty for the message as a whole.
    let field: String
    /// A constant for programs.
    let reason: String
    /// A sentence for people.
    let description: String
  }

  /// The most characters of an `id`, counted as Unicode scalars: 256 bytes at most.
  static let idLimit = 64
  /// The most Unicode scalars of a wrong value that a refusal repeats.
  static let quotedLimit = 64

  /// Reads a message.
  init(_ text: [UInt8]) throws(Failure) {
    let members: Members
    do throws(JSONDecodingError) {
      members = try Members(text)
    } catch {
      throw Failure(
        id: nil, field: error.path, reason: "MALFORMED_MESSAGE", description: "\(error)")
    }
    try members.checkID()
    switch members.type {
    case "authenticate":
      try members.refuse(except: ["token"])
      self = .authenticate(token: try members.required("token", members.token))
    case "subscribe":
      try members.refuse(except: ["id", "channel", "params"])
      self = .subscribe(
        id: try members.requiredID(), channel: try members.required("channel", members.channel),
        parameters: members.parameters ?? [])
    case "unsubscribe":
      try members.refuse(except: ["id"])
      self = .unsubscribe(id: try members.requiredID())
    case "ping":
      try members.refuse(except: [])
      self = .ping
    default:
      throw Failure(
        id: members.id, field: "type", reason: "UNKNOWN_TYPE",
        description: """
          type is authenticate, subscribe, unsubscribe or ping, got \
          "\(members.type.abbreviated(to: Self.quotedLimit))"
          """)
    }
  }
}

/// The members of a client's message, before it is known what it is.
private struct Members {
  private static let fields = FieldNames([
    .field(1, "type", "type"), .field(2, "id", "id"), .field(3, "channel", "channel"),
    .field(4, "params", "params"), .field(5, "token", "token"),
  ])

  var type = ""
  var id: String?
  var channel: String?
  var parameters: [UInt8]?
  var token: String?

  init(_ text: [UInt8]) throws(JSONDecodingError) {
    self = try JSONReader.read(text) { reader throws(JSONDecodingError) in
      var members = Members()
      var object = try reader.object(Self.fields)
      while let field = try reader.nextField(&object) {
        switch field {
        case 1: try reader.field(&members.type)
        case 2: try reader.field(&members.id)
        case 3: try reader.field(&members.channel)
        case 4: members.parameters = try reader.rawValue()
        default: try reader.field(&members.token)
        }
      }
      return members
    }
  }

  private init() {}

  func required(_ field: String, _ value: String?) throws(ClientMessage.Failure) -> String {
    guard let value, !value.isEmpty else {
      throw failure(field, "MISSING_FIELD", "\(type) needs a \(field)")
    }
    return value
  }

  func requiredID() throws(ClientMessage.Failure) -> String { try required("id", id) }

  /// Refuses an id that is too long, before anything repeats it.
  func checkID() throws(ClientMessage.Failure) {
    // Not by `count`: one letter may have any number of marks.
    guard let count = id?.unicodeScalars.count, count > ClientMessage.idLimit else { return }
    throw ClientMessage.Failure(
      id: nil, field: "id", reason: "INVALID_VALUE",
      description:
        "id has at most \(ClientMessage.idLimit) characters (Unicode scalars), got \(count)")
  }

  /// Refuses members that mean nothing in a message of this type.
  func refuse(except allowed: Set<String>) throws(ClientMessage.Failure) {
    let present = [
      ("id", id != nil), ("channel", channel != nil), ("params", parameters != nil),
      ("token", token != nil),
    ]
    for (field, isPresent) in present where isPresent && !allowed.contains(field) {
      throw failure(field, "UNKNOWN_FIELD", "\(type) takes no \(field)")
    }
  }

  private func failure(
    _ field: String, _ reason: String, _ description: String
  ) -> ClientMessage.Failure {
    ClientMessage.Failure(id: id, field: field, reason: reason, description: description)
  }
}
