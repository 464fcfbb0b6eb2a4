import Subprocess
import SystemPackage

/// Runs a list of processes: starts each when the one before is ready, notices one that dies, and stops all in reverse order.
///
/// Each process writes to `<folder>/log/<name>.log` and its id stands in `<folder>/run/<name>.pid`. A process gets a
/// process group of its own, so that Ctrl-C on the terminal reaches the supervisor only, which then stops all in order.
/// If the supervisor's own process is killed, a watcher stops them.
public actor Supervisor {
  /// A process that ended though nobody had asked it to.
  public struct UnexpectedExit: Sendable {
    /// Which one.
    public let name: String
    /// "exited(1)" or "signaled(9)".
    public let status: String
    /// Where its log is.
    public let logFile: String
    /// The end of its log.
    public let lastLines: [String]

    /// Tells how a process ended.
    public init(name: String, status: String, logFile: String, lastLines: [String]) {
      self.name = name
      self.status = status
      self.logFile = logFile
      self.lastLines = lastLines
    }
  }

  /// Processes that died, as it happens.
  public nonisolated let unexpectedExits: AsyncStream<UnexpectedExit>

  private let folder: StateFolder
  private let exits: AsyncStream<UnexpectedExit>.Continuation
  private var lifeline: Lifeline?
  private var running: [RunningProcess] = []
  /// Where the log of each one's latest run begins.
  private var logStarts: [String: UInt64] = [:]
  /// What each one said when it was ready.
  private var notifications: [String: [String: String]] = [:]
  /// The ids of their latest runs.
  private var processIDs: [String: Int32] = [:]
  /// How those ended that ended by themselves.
  private var statuses: [String: String] = [:]

  /// A supervisor that keeps its files under a folder.
  public init(folder: String) throws {
    self.folder = try StateFolder(path: folder)
    lifeline = try Lifeline(script: StateFolder.stopScript, arguments: [folder])
    (unexpectedExits, exits) = AsyncStream.makeStream()
  }

  /// Starts a process and returns its id when it is ready, or has done its work.
  ///
  /// - Throws: ``SupervisorError`` when it cannot be run, ends early, or is not ready in time.
  @discardableResult
  public func start(_ process: ManagedProcess) async throws -> Int32 {
    await folder.stopLeftover(of: process)
    statuses[process.name] = nil
    logStarts[process.name] = folder.logSize(of: process.name)
    let socket = try ReadinessSocket.bind(path: folder.socketPath(of: process.name))
    let child = try RunningProcess(
      process, log: folder.logPath(of: process.name), notifySocket: socket.path)
    let processID: Int32
    do {
      processID = try await child.started()
      try folder.recordProcessID(processID, of: process.name)
      try await waitUntilReady(child, socket)
    } catch {
      await child.stop()
      socket.close()
      folder.forgetProcessID(of: process.name)
      throw error
    }
    socket.close()
    if process.readiness == .completion {
      folder.forgetProcessID(of: process.name)
    } else {
      processIDs[process.name] = processID
      running.append(child)
      watch(child)
    }
    return processID
  }

  /// What a process said when it was ready, by the names of sd_notify(3); empty if it said nothing.
  public func notification(of name: String) -> [String: String] { notifications[name] ?? [:] }

  /// The id of a process that is ready and has not ended; nil for any other.
  public func processID(of name: String) -> Int32? {
    running.contains { $0.process.name == name } ? processIDs[name] : nil
  }

  /// Sends SIGKILL to a process without calling that unexpected, and waits for its end: for tests of crashes.
  public func kill(_ name: String) async {
    guard let index = running.firstIndex(where: { $0.process.name == name }) else { return }
    await running.remove(at: index).kill()
    folder.forgetProcessID(of: name)
  }

  /// Waits until a process has ended by itself and returns how, without calling that unexpected.
  ///
  /// - Returns: nil if there was no such process, or it was stopped.
  public func waitForExit(of name: String) async -> String? {
    guard let index = running.firstIndex(where: { $0.process.name == name }) else {
      return statuses[name]
    }
    let child = running.remove(at: index)
    let status = await child.ended()
    folder.forgetProcessID(of: name)
    return status
  }

  /// Stops one process in good order.
  public func stop(_ name: String) async {
    guard let index = running.firstIndex(where: { $0.process.name == name }) else { return }
    await running.remove(at: index).stop()
    folder.forgetProcessID(of: name)
  }

  /// Stops all processes, the last one started first.
  public func stopAll(onStop: @Sendable (String) -> Void = { _ in }) async {
    while let child = running.popLast() {
      onStop(child.process.name)
      await child.stop()
      folder.forgetProcessID(of: child.process.name)
    }
    exits.finish()
    await lifeline?.release()
    lifeline = nil
  }

  private func waitUntilReady(_ child: RunningProcess, _ socket: ReadinessSocket) async throws {
    let readiness = child.process.readiness
    guard readiness != .immediate else { return }
    enum Outcome { case ready([String: String]), exited(String), late }
    let (outcomes, continuation) = AsyncStream.makeStream(of: Outcome.self)
    let notification = Task {
      if let said = await socket.waitUntilReady() { continuation.yield(.ready(said)) }
    }
    let timeout = Task {
      try await Task.sleep(for: child.process.startTimeout)
      continuation.yield(.late)
    }
    // Lives until the process ends, as waiting for a process cannot be cancelled.
    Task { continuation.yield(.exited(await child.ended())) }
    let outcome = await outcomes.first { _ in true } ?? .late
    notification.cancel()
    timeout.cancel()
    let name = child.process.name
    let log = folder.logPath(of: name)
    switch outcome {
    case .ready(let said):
      notifications[name] = said
    case .exited(RunningProcess.success) where readiness == .completion:
      return
    case .exited(let status) where readiness == .completion:
      throw SupervisorError.failed(
        name: name, status: status, logFile: log, lastLines: lastLogLines(of: name))
    case .exited(let status):
      throw SupervisorError.exitedEarly(
        name: name, status: status, logFile: log, lastLines: lastLogLines(of: name))
    case .late:
      try Task.checkCancellation()
      throw SupervisorError.notReady(
        name: name, after: child.process.startTimeout, logFile: log,
        lastLines: lastLogLines(of: name))
    }
  }

  private func lastLogLines(of name: String) -> [String] {
    folder.lastLogLines(of: name, after: logStarts[name] ?? 0)
  }

  private func watch(_ child: RunningProcess) {
    Task {
      let status = await child.ended()
      guard let index = running.firstIndex(where: { $0 === child }) else { return }
      running.remove(at: index)
      let name = child.process.name
      statuses[name] = status
      folder.forgetProcessID(of: name)
      exits.yield(
        UnexpectedExit(
          name: name, status: status, logFile: folder.logPath(of: name),
          lastLines: lastLogLines(of: name)))
    }
  }
}
