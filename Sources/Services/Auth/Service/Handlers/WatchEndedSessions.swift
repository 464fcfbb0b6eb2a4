internal import AuthContract
internal import AuthDomain
internal import Core
internal import Protobuf
internal import RPC

extension AuthHandlers {
  /// Tells of the sessions that ended before their tokens, and of each that does from then on.
  func watchEndedSessions(
    _ request: AuthV1.WatchEndedSessionsRequest, responses: RPCWriter<AuthV1.EndedSessions>,
    context: ServerContext
  ) async throws {
    try await endedSessions.follow { ended in
      try await responses.write(
        .with { message in
          message.sessions = ended.map { session in
            .with {
              $0.sessionID = session.id.rawValue
              $0.tokensExpireAt = Google.Timestamp(session.lastUsedAt + LogIn.accessTokenLifetime)
            }
          }
        })
    }
    throw AuthErrors.stopping
  }
}
