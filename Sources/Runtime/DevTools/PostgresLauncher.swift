import Foundation
import Subprocess
import SystemPackage

/// Makes the data of a private server and starts it.
struct PostgresLauncher: Sendable {
  private static let retryInterval: Duration = .milliseconds(100)
  private static let portAttempts = 5
  private static let maxInitializationOutput = 64 * 1024
  private static let accessRules = """
    # The superuser only through the socket, whose folder is private; others by password.
    local all \(PrivatePostgres.superuser) trust
    local all all scram-sha-256
    host all all 127.0.0.1/32 scram-sha-256

    """

  let binaries: PostgresBinaries
  let user: PostgresUser
  let folders: PostgresFolders
  let options: PrivatePostgres.Options
  private(set) var port = 0

  init(
    binaries: PostgresBinaries, user: PostgresUser, folders: PostgresFolders,
    options: PrivatePostgres.Options
  ) {
    self.binaries = binaries
    self.user = user
    self.folders = folders
    self.options = options
  }

  /// Makes the data unless it is there; data whose making was interrupted is made anew.
  func initializeIfNeeded() async throws {
    if options.discardsData { try? FileManager.default.removeItem(atPath: folders.completionMark) }
    if FileManager.default.fileExists(atPath: folders.completionMark) { return }
    options.progress("making a PostgreSQL database in \(folders.root)")
    try? FileManager.default.removeItem(atPath: folders.data)
    let (executable, arguments) = user.command(
      binaries.initdb,
      [
        "-D", folders.data, "-U", PrivatePostgres.superuser, "-E", "UTF8", "--locale=C",
        "--auth=reject", "--no-sync", "--no-instructions",
      ])
    let result = try await Subprocess.run(
      .program(executable), arguments: Arguments(arguments), workingDirectory: "/",
      output: .string(limit: Self.maxInitializationOutput), error: .combinedWithOutput)
    guard result.terminationStatus.isSuccess else {
      throw PrivatePostgresError.initializationFailed(output: result.standardOutput)
    }
    // Written in place: the file keeps its owner.
    try Self.accessRules.write(
      toFile: "\(folders.data)/pg_hba.conf", atomically: false, encoding: .utf8)
    try "".write(toFile: folders.completionMark, atomically: false, encoding: .utf8)
  }

  /// Starts the server on the wanted port, or on one that the system names free.
  mutating func launchOnSomePort() async throws -> RunningProcess {
    if let wanted = options.port {
      guard LoopbackPort.isFree(wanted) else { throw PrivatePostgresError.portInUse(wanted) }
      port = wanted
      return try await launch()
    }
    for attempt in 1...Self.portAttempts {
      port = try LoopbackPort.free()
      do {
        return try await launch()
      } catch PrivatePostgresError.portInUse where attempt < Self.portAttempts {
        continue  // Taken between the question and the start.
      }
    }
    throw PrivatePostgresError.portInUse(port)
  }

  /// Starts the server and waits until it accepts connections.
  func launch() async throws -> RunningProcess {
    let deadline = ContinuousClock.now + options.lockTimeout
    while true {
      do {
        return try await launchOnce()
      } catch let error as PrivatePostgresError {
        guard case .folderInUse = error, ContinuousClock.now < deadline else { throw error }
        try await Task.sleep(for: Self.retryInterval)
      }
    }
  }
}
