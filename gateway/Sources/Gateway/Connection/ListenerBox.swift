internal import NIOCore
internal import Synchronization

/// Holds the listening channel between start and drain.
final class ListenerBox: Sendable {
  private let channel = Mutex<(any NIOCore.Channel)?>(nil)

  /// Whether the gateway listens.
  var isSet: Bool { channel.withLock { $0 != nil } }

  func set(_ channel: any NIOCore.Channel) {
    self.channel.withLock { $0 = channel }
  }

  /// The listening channel, once.
  func take() -> (any NIOCore.Channel)? {
    channel.withLock { channel in
      defer { channel = nil }
      return channel
    }
  }
}
