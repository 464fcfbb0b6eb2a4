internal import AuthContract
internal import DevTools
internal import Foundation

/// The operator of a platform on one machine.
///
/// The password is generated for each platform and stands in a file that its owner alone may read.
public struct PlatformOperator: Sendable {
  /// The address that the operator logs in with.
  public static let email = "operator@example.com"

  /// The file whose first line is the password.
  public let passwordPath: String
  /// The password.
  public let password: String

  init(passwordPath: String) throws {
    self.passwordPath = passwordPath
    password = try String(contentsOfFile: passwordPath, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Logs the operator in.
  ///
  /// - Parameter client: A client of the same platform.
  /// - Returns: the client with the operator's token.
  public func logIn(_ client: PlatformClient) async throws -> PlatformClient {
    let login = try await client.logIn(email: Self.email, password: password)
    return client.authenticated(by: login.accessToken)
  }
}

extension Platform {
  /// Who credits deposits here.
  public nonisolated func `operator`() throws -> PlatformOperator {
    try PlatformOperator(passwordPath: paths.operatorPassword)
  }

  /// Makes the operator unless there is one; a new password is told, this once.
  func seedOperator() async throws -> String {
    let isNew = !FileManager.default.fileExists(atPath: paths.operatorPassword)
    try await supervisor.start(environment().operatorAccount)
    let seeded = try `operator`()
    if isNew {
      options.progress(.note("\(PlatformOperator.email) has the password \(seeded.password)"))
    }
    return PlatformOperator.email
  }
}
