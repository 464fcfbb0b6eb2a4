import Foundation

/// Where a private server keeps its data and its socket.
struct PostgresFolders: Sendable {
  /// Paths of sockets are limited to about 100 bytes, so this folder lies high.
  private static let temporaryFolder = "/tmp"

  let root: String
  let socket: String

  var data: String { "\(root)/data" }
  var log: String { "\(root)/postgres.log" }
  /// Written by the server: its process id, its state.
  var lockFile: String { "\(data)/postmaster.pid" }
  /// Exists once the data has been made completely.
  var completionMark: String { "\(root)/initialized" }

  /// Makes the folders, reachable by the server's user and nobody else.
  ///
  /// Where the user cannot reach the requested folder the data lies in a private folder under the
  /// system's temporary folder, always the same for the same request, so that it is found again.
  static func make(
    requested: String, user: PostgresUser, progress: @Sendable (String) -> Void
  ) async throws(PrivatePostgresError) -> PostgresFolders {
    let fallback = "\(temporaryFolder)/alphintra-postgres-\(Fingerprint.text(of: requested))"
    var root = requested
    if try await !usable(requested, user) {
      rmdir(requested)
      guard try await usable(fallback, user) else {
        throw .unreachableFolder(requested)
      }
      root = fallback
      progress("user \(PostgresUser.name) cannot reach \(requested): the data lies in \(root)")
    }
    let socket = try makeSocketFolder(user)
    return PostgresFolders(root: root, socket: socket)
  }

  private static func usable(
    _ folder: String, _ user: PostgresUser
  ) async throws(PrivatePostgresError) -> Bool {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw .system("cannot make the folder \(folder): \(error.localizedDescription)")
    }
    // Nobody but root or the server's user can have made a folder whose owner may be changed here.
    try user.own(folder, permissions: 0o700)
    return await user.canWrite(folder)
  }

  private static func makeSocketFolder(
    _ user: PostgresUser
  ) throws(PrivatePostgresError) -> String {
    var template = Array("\(temporaryFolder)/alphintra-XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let path else {
      throw .system("cannot make a folder under \(temporaryFolder): \(lastSystemError())")
    }
    try user.own(path, permissions: 0o700)
    return path
  }
}
