internal import AuthContract
internal import Mesh
internal import RPC

extension AuthHandlers {
  /// The public keys that verify access tokens, and the sessions that have ended.
  func jwks(
    _ request: AuthV1.JwksRequest, context: ServerContext
  ) async throws -> AuthV1.JwksResponse {
    let document = try await keySet.document()
    var response = AuthV1.JwksResponse()
    response.jwks = document.json
    response.maxAgeSeconds = Int32(document.maximumAge.components.seconds)
    response.endedSessionIDs = document.endedSessions.sorted()
    response.endedSessionsMaxAgeSeconds = Int32(
      KeySetSource.endedSessionsMaximumAge.components.seconds)
    return response
  }
}
