import Foundation
import Subprocess

/// A PostgreSQL server of this process's own: for development and for tests.
///
/// It listens on 127.0.0.1 and on a Unix socket in a private folder, ends when this process ends,
/// and is started again on the same data by the next run. The superuser logs in without a password
/// through the socket, and only there; every other role needs its password (SCRAM).
public actor PrivatePostgres {
  /// How a private server is run.
  public struct Options: Sendable {
    /// The data's folder, made when it is missing.
    public var folder: String
    /// The TCP port on 127.0.0.1; a free one when nil.
    public var port: Int?
    /// Whether commits wait for the disk; off only where the data may be lost.
    public var waitsForDisk: Bool
    /// Whether the data is removed when the server stops.
    public var isTemporary: Bool
    /// Whether data that is there already is removed first: that of an earlier life of the folder,
    /// which may lie elsewhere and so have outlived it.
    public var discardsData = false
    /// How many connections the server accepts.
    public var maxConnections = 200
    /// How long the server may take until it accepts connections, recovery included.
    public var startTimeout: Duration = .seconds(60)
    /// How long to wait for another server that is letting go of the folder: after `kill -9` the
    /// sessions of the killed server hold on to it for a moment.
    public var lockTimeout: Duration = .seconds(10)
    /// Told what happens, in sentences for people.
    public var progress: @Sendable (String) -> Void = { _ in }

    /// Describes a server whose data lies in `folder`.
    public init(
      folder: String, port: Int? = nil, waitsForDisk: Bool = true, isTemporary: Bool = false
    ) {
      self.folder = folder
      self.port = port
      self.waitsForDisk = waitsForDisk
      self.isTemporary = isTemporary
    }
  }

  /// The role that owns the server.
  public static let superuser = "postgres"

  /// The TCP address, always 127.0.0.1.
  public nonisolated let host = "127.0.0.1"
  /// The TCP port.
  public nonisolated let port: Int
  /// The folder of the Unix socket.
  public nonisolated let socketFolder: String
  /// The folder of the data and the log, which may not be the one asked for.
  public nonisolated let folder: String
  /// The server's log.
  public nonisolated let logFile: String

  private let launcher: PostgresLauncher
  private let watcher: PostgresWatcher
  private var process: RunningProcess?

  private init(
    launcher: PostgresLauncher, watcher: PostgresWatcher, process: RunningProcess
  ) {
    self.launcher = launcher
    self.watcher = watcher
    self.process = process
    port = launcher.port
    socketFolder = launcher.folders.socket
    folder = launcher.folders.root
    logFile = launcher.folders.log
  }

  /// Starts a server, first making its data if there is none, and waits until it is ready.
  ///
  /// - Throws: ``PrivatePostgresError``.
  public static func start(_ options: Options) async throws -> PrivatePostgres {
    let binaries = try PostgresBinaries.find()
    let user = try PostgresUser.current()
    let folders = try await PostgresFolders.make(
      requested: options.folder, user: user, progress: options.progress)
    let watcher = try PostgresWatcher(folders: folders, isTemporary: options.isTemporary)
    do {
      var launcher = PostgresLauncher(
        binaries: binaries, user: user, folders: folders, options: options)
      try await launcher.initializeIfNeeded()
      let process = try await launcher.launchOnSomePort()
      return PrivatePostgres(launcher: launcher, watcher: watcher, process: process)
    } catch {
      await watcher.release()
      throw error
    }
  }

  /// How the server ended, once it has: "exited(0)", "signaled(9)".
  public func ended() async -> String {
    await process?.ended() ?? "not running"
  }

  /// Stops the server in good order, ending its sessions, and removes what is temporary.
  public func stop() async {
    await halt()
    await watcher.release()
  }

  /// Kills the server as a crash would (SIGKILL); `restart()` brings it back.
  public func kill() async {
    await process?.kill()
    process = nil
  }

  /// Stops the server in good order for a while; `restart()` brings it back.
  public func halt() async {
    await process?.stop(with: .interrupt)
    process = nil
  }

  /// Starts the server again after `kill()` or `halt()`, or in place of the running one, on the same port.
  public func restart() async throws {
    await halt()
    process = try await launcher.launch()
  }
}
