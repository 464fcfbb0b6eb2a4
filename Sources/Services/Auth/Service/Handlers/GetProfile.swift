internal import AuthContract
internal import Core
internal import RPC

extension AuthHandlers {
  /// The caller's own profile.
  func getProfile(
    _ request: AuthV1.GetProfileRequest, context: ServerContext
  ) async throws -> AuthV1.User {
    guard let user = try await users.user(UserID(rawValue: try context.userID)) else {
      throw AuthErrors.userNotFound
    }
    return AuthV1.User(user)
  }
}
