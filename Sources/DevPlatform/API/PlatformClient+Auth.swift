public import AuthContract
internal import NIOHTTP1
internal import Protobuf

extension PlatformClient {
  /// Registers a user.
  public func register(
    email: String, password: String, displayName: String
  ) async throws -> AuthV1.User {
    let request = AuthV1.RegisterRequest.with {
      $0.email = email
      $0.password = password
      $0.displayName = displayName
    }
    return try await send(.POST, "/api/auth/register", body: request, as: AuthV1.User.self)
  }

  /// Exchanges an address and a password for a token.
  public func logIn(email: String, password: String) async throws -> AuthV1.LoginResponse {
    let request = AuthV1.LoginRequest.with {
      $0.email = email
      $0.password = password
    }
    return try await send(.POST, "/api/auth/login", body: request, as: AuthV1.LoginResponse.self)
  }

  /// Ends one of the user's sessions.
  public func revokeSession(id: String) async throws {
    _ = try await send(
      .DELETE, "/api/auth/sessions/\(id)", as: AuthV1.RevokeSessionResponse.self)
  }

  /// The profile of the token's user.
  public func profile() async throws -> AuthV1.User {
    try await send(.GET, "/api/users/profile", as: AuthV1.User.self)
  }
}
