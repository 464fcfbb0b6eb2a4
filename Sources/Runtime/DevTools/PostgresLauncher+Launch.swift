import Foundation
import Subprocess

extension PostgresLauncher {
  private static let pollInterval: Duration = .milliseconds(20)
  private static let progressInterval: Duration = .seconds(3)
  private static let maxLogLines = 15

  /// Starts the server once and waits until it accepts connections or has ended.
  func launchOnce() async throws -> RunningProcess {
    let (executable, arguments) = user.command(binaries.postgres, serverArguments)
    let logStart = (try? Data(contentsOf: URL(filePath: folders.log)).count) ?? 0
    let process = try RunningProcess(
      ManagedProcess(
        name: "postgres", executable: executable, arguments: arguments,
        readiness: .immediate),
      log: folders.log, notifySocket: "")
    let processID = try await process.started()

    let clock = ContinuousClock()
    let start = clock.now
    var nextProgress = start + Self.progressInterval
    while status(of: processID) != "ready" {
      if kill(processID, 0) != 0 {
        throw failure("ended at once (\(await process.ended()))", logStart: logStart)
      }
      if clock.now > start + options.startTimeout {
        await process.kill()
        throw failure("was not ready after \(options.startTimeout)", logStart: logStart)
      }
      if clock.now > nextProgress {
        options.progress("PostgreSQL is still starting (\(status(of: processID) ?? "no status"))")
        nextProgress += Self.progressInterval
      }
      do {
        try await Task.sleep(for: Self.pollInterval)
      } catch {
        await process.stop(with: .interrupt)
        throw error
      }
    }
    return process
  }

  private var serverArguments: [String] {
    let settings = [
      "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(folders.socket)",
      "max_connections=\(options.maxConnections)", "timezone=UTC", "log_timezone=UTC",
      "cluster_name=alphintra",
    ]
    let careless = ["fsync=off", "full_page_writes=off"]
    return ["-D", folders.data]
      + (settings + (options.waitsForDisk ? [] : careless)).flatMap { ["-c", $0] }
  }

  /// The server's own word on its state: "starting", "ready", "stopping".
  ///
  /// `postmaster.pid` has it in line 8 (miscadmin.h: LOCK_FILE_LINE_PM_STATUS), and the id of the
  /// server in line 1: the file of a server that was killed may still be there.
  private func status(of processID: Int32) -> String? {
    guard
      let text = try? String(contentsOfFile: folders.lockFile, encoding: .utf8)
    else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 8, lines[0] == "\(processID)" else { return nil }
    return lines[7].trimmingCharacters(in: .whitespaces)
  }

  /// What the log says about a start that failed.
  private func failure(_ reason: String, logStart: Int) -> PrivatePostgresError {
    let log = (try? Data(contentsOf: URL(filePath: folders.log))) ?? Data()
    let text = String(decoding: log.dropFirst(logStart), as: UTF8.self)
    if text.contains("postmaster.pid\" already exists") || text.contains("shared memory block") {
      let owner = try? String(contentsOfFile: folders.lockFile, encoding: .utf8)
      let processID = owner?.split(separator: "\n").first.flatMap { Int32($0) } ?? 0
      return .folderInUse(folders.root, processID: processID)
    }
    if text.contains("Address already in use") { return .portInUse(port) }
    if text.contains("incompatible with server") {
      let version = try? String(contentsOfFile: "\(folders.data)/PG_VERSION", encoding: .utf8)
      return .otherVersion(
        folder: folders.root,
        found: version?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "another version")
    }
    return .notReady(
      reason: reason, logFile: folders.log,
      lastLines: text.split(separator: "\n").suffix(Self.maxLogLines).map(String.init))
  }
}
