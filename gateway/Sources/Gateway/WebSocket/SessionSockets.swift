internal import Synchronization

/// The WebSockets of users by their sessions (the claim `sid`), so that they end with them.
///
/// As many as there are connections at most.
final class SessionSockets: Sendable {
  private let sockets = Mutex<[String: [ObjectIdentifier: WebSocketSession]]>([:])

  /// How many sessions have sockets.
  var count: Int { sockets.withLock { $0.count } }

  func add(_ socket: WebSocketSession, of session: String) {
    sockets.withLock { $0[session, default: [:]][ObjectIdentifier(socket)] = socket }
  }

  func remove(_ socket: WebSocketSession, of session: String) {
    sockets.withLock { sockets in
      sockets[session]?[ObjectIdentifier(socket)] = nil
      if sockets[session]?.isEmpty == true { sockets[session] = nil }
    }
  }

  /// Takes out the sockets of sessions that have ended.
  func take(_ ended: Set<String>) -> [WebSocketSession] {
    sockets.withLock { sockets in
      ended.flatMap { session -> [WebSocketSession] in
        guard let ended = sockets.removeValue(forKey: session) else { return [] }
        return Array(ended.values)
      }
    }
  }
}
