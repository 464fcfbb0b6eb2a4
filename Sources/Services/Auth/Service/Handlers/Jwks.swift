internal import AuthContract
internal import Mesh
internal import RPC

extension AuthHandlers {
  /// The public keys that verify access tokens.
  func jwks(
    _ request: AuthV1.JwksRequest, context: ServerContext
  ) async throws -> AuthV1.JwksResponse {
    var response = AuthV1.JwksResponse()
    response.jwks = keySet.json
    response.maxAgeSeconds = Int32(keySet.maximumAge.components.seconds)
    return response
  }
}
