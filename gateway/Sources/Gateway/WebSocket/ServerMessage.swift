internal import Core
internal import Protobuf
internal import RPC
internal import Transcoding

/// What the gateway says over a WebSocket, as JSON.
enum ServerMessage {
  /// The token was accepted.
  static func authenticated(_ user: UserIdentity) -> [UInt8] {
    JSONText.object { object in
      object.field("type", "authenticated")
      object.field("userId", user.id)
      object.field("expiresAt", Instant(microseconds: user.expiresAt * 1_000_000).description)
    }
  }

  /// The channel is open; a snapshot follows.
  static func subscribed(_ id: String, _ channel: String) -> [UInt8] {
    about("subscribed", id, channel)
  }

  /// The channel is closed as asked.
  static func unsubscribed(_ id: String, _ channel: String) -> [UInt8] {
    about("unsubscribed", id, channel)
  }

  /// The stream behind a channel ended; it is opened again and a fresh snapshot will follow.
  static func interrupted(_ id: String, _ channel: String, _ problem: Problem) -> [UInt8] {
    JSONText.object { object in
      object.field("type", "interrupted")
      object.field("id", id)
      object.field("channel", channel)
      object.field("code", problem.code.name)
      object.field("detail", problem.detail)
    }
  }

  /// A snapshot or an update.
  static func data(_ message: ChannelMessage, _ id: String, _ channel: String) -> [UInt8] {
    JSONText.object { object in
      object.field("type", message.kind.rawValue)
      object.field("id", id)
      object.field("channel", channel)
      // A 64-bit integer is a string, as everywhere in JSON.
      object.field("sequence", String(message.sequence))
      object.field("data", json: message.payload.json(options: .rest))
    }
  }

  /// Something was refused, or a channel ended for good.
  ///
  /// The socket stays open.
  static func error(
    _ problem: Problem, id: String?, channel: String?, correlationID: String
  ) -> [UInt8] {
    JSONText.object { object in
      object.field("type", "error")
      if let id { object.field("id", id) }
      if let channel { object.field("channel", channel) }
      object.field("problem", problem.type)
      problem.writeMembers(to: &object, instance: nil, correlationID: correlationID)
    }
  }

  /// A sign of life with the gateway's clock.
  static func heartbeat(_ now: Instant) -> [UInt8] {
    JSONText.object { object in
      object.field("type", "heartbeat")
      object.field("time", now.description)
    }
  }

  /// A sign of life of one subscription: nothing came after this sequence.
  static func heartbeat(
    _ id: String, _ channel: String, sequence: Int64, _ now: Instant
  ) -> [UInt8] {
    JSONText.object { object in
      object.field("type", "heartbeat")
      object.field("id", id)
      object.field("channel", channel)
      object.field("sequence", String(sequence))
      object.field("time", now.description)
    }
  }

  /// The answer to a client's ping.
  static let pong = JSONText.object { $0.field("type", "pong") }

  private static func about(_ type: String, _ id: String, _ channel: String) -> [UInt8] {
    JSONText.object { object in
      object.field("type", type)
      object.field("id", id)
      object.field("channel", channel)
    }
  }
}
