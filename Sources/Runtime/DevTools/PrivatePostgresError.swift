/// Why a private PostgreSQL server could not be run, in words that say what to do.
public enum PrivatePostgresError: Error, Sendable, CustomStringConvertible {
  /// No `initdb` and `postgres` of a new enough version.
  case notInstalled
  /// PostgreSQL refuses to run as root, and there is nobody else to run it as.
  case noUser
  /// No folder that the server's user can reach.
  case unreachableFolder(String)
  /// The folder holds the data of another PostgreSQL version.
  case otherVersion(folder: String, found: String)
  /// Another server runs on the folder.
  case folderInUse(String, processID: Int32)
  /// Something listens on the port.
  case portInUse(Int)
  /// A system call failed.
  case system(String)
  /// `initdb` failed.
  case initializationFailed(output: String)
  /// The server ended or did not get ready in time.
  case notReady(reason: String, logFile: String, lastLines: [String])

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .notInstalled:
      """
      PostgreSQL \(PostgresBinaries.minimumMajorVersion) or newer is not installed: \
      run `make setup`, or `apt-get install postgresql`
      """
    case .noUser:
      """
      PostgreSQL does not run as root, and there is no user \(PostgresUser.name): \
      run `make setup`, or `adduser --system --group \(PostgresUser.name)`, or run as another user
      """
    case .unreachableFolder(let folder):
      """
      user \(PostgresUser.name) can reach neither \(folder) nor the temporary folder: \
      every parent folder needs the permission o+x
      """
    case .otherVersion(let folder, let found):
      "\(folder) holds the data of PostgreSQL \(found): remove the folder to start afresh"
    case .folderInUse(let folder, let processID):
      "another PostgreSQL (process \(processID)) runs on \(folder): stop it first"
    case .portInUse(let port):
      "port \(port) is taken: stop what listens there (`ss -ltnp`), or choose another port"
    case .system(let reason):
      reason
    case .initializationFailed(let output):
      "initdb failed:\n\(output)"
    case .notReady(let reason, let logFile, let lastLines):
      "PostgreSQL \(reason). Its log is \(logFile):\n"
        + lastLines.map { "    \($0)" }.joined(separator: "\n")
    }
  }
}
