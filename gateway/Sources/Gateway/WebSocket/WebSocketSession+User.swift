internal import Core
internal import NIOCore
internal import Observability
internal import RPC
internal import Transcoding

/// Who the client is, and until when.
extension WebSocketSession {
  /// Takes a verified user; its channels end with its token, and the socket with its session.
  func accept(_ user: UserIdentity) {
    // The socket may have closed while the token was being verified.
    guard isOpen else { return }
    if let former = self.user?.sessionID, former != user.sessionID {
      edge.sockets.remove(self, of: former)
    }
    self.user = user
    if let session = user.sessionID { edge.sockets.add(self, of: session) }
    confirm(user)
    send(ServerMessage.authenticated(user))
    expiryTimer?.cancel()
    let remaining = Instant(microseconds: user.expiresAt * 1_000_000) - edge.clock.now
    expiryTimer = loop.scheduleTask(in: max(.zero, remaining).timeAmount) {
      self.assumeIsolated { $0.expire() }
    }
  }

  /// The session may have ended after its token was verified, and before its end would have found this socket.
  private func confirm(_ user: UserIdentity) {
    Task {
      do throws(RPCError) {
        _ = try await edge.authorize(Edge.anyUser, try metadata(token: user.token))
      } catch  where error.code == .unauthenticated && self.user?.token == user.token {
        // A token that is over now ends its channels by its timer.
        if edge.clock.now < Instant(microseconds: user.expiresAt * 1_000_000) { endWithSession() }
      } catch {}
    }
  }

  /// The session has ended: who held it is nobody here any more.
  func endWithSession() {
    close(.sessionEnded, "the session has ended: log in again")
  }

  private func expire() {
    forgetUser()
    let problem = Problem(
      401, .unauthenticated, reason: "TOKEN_EXPIRED",
      "the access token ended; authenticate again and subscribe again")
    for (id, subscription) in subscriptions where subscription.channel.needsUser {
      end(id, with: problem)
    }
  }

  /// The socket is nobody's.
  func forgetUser() {
    if let session = user?.sessionID { edge.sockets.remove(self, of: session) }
    user = nil
  }
}

extension Edge {
  /// Closes the sockets of sessions that have ended.
  ///
  /// - Returns: how many there were.
  @discardableResult
  func endSockets(of sessions: Set<String>) -> Int {
    let ended = sockets.take(sessions)
    for socket in ended {
      socket.loop.execute { socket.assumeIsolated { $0.endWithSession() } }
    }
    metrics.endedWithSession.add(ended.count)
    return ended.count
  }
}
