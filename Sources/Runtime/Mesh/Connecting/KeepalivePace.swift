internal import RPCTransport
internal import Synchronization

/// How often the servers of a channel are asked for signs of life: half as often after each complaint
/// (gRFC A8, "Client behavior").
final class KeepalivePace: Sendable {
  /// The longest interval that complaints lead to.
  static let longestInterval: Duration = .seconds(7_200)

  private let current: Mutex<Duration>

  init(_ interval: Duration) {
    current = Mutex(interval)
  }

  /// The time of silence after which a server is asked.
  var interval: Duration { current.withLock { $0 } }

  /// A server complained about this interval; of several at once, one counts.
  func complaint(about interval: Duration) {
    current.withLock { if $0 == interval { $0 = min($0 * 2, max($0, Self.longestInterval)) } }
  }

  /// Has a connection be asked at the present pace.
  func set(in configuration: inout ClientConnection.Configuration) {
    configuration.keepaliveInterval = interval
    // Servers of the mesh do not mind pings on idle calls, and a lost one is to be noticed there, too.
    configuration.keepaliveIdleInterval = interval
  }

  /// Hears the complaint of a connection's server about the pace that was set for it.
  func listen(to connection: ClientConnection, _ configuration: ClientConnection.Configuration) {
    guard let interval = configuration.keepaliveInterval else { return }
    // Held weakly: a connection that nobody holds closes itself.
    connection.onChange { [weak connection] _ in
      if connection?.pingsTooOften == true { self.complaint(about: interval) }
    }
  }
}
