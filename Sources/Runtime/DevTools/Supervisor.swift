import Subprocess
import SystemPackage

/// Runs a list of processes: starts each when the one before is ready, notices one that dies, and stops all in reverse order.
///
/// Each process writes to `<folder>/log/<name>.log` and its id stands in `<folder>/run/<name>.pid`. A process gets a
/// process group of its own, so that Ctrl-C on the terminal reaches the supervisor only, which then stops all in order.
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
  }

  /// Processes that died, as it happens.
  public nonisolated let unexpectedExits: AsyncStream<UnexpectedExit>

  private let folder: StateFolder
  private let exits: AsyncStream<UnexpectedExit>.Continuation
  private var running: [RunningProcess] = []

  /// A supervisor that keeps its files under a folder.
  public init(folder: String) throws {
    self.folder = try StateFolder(path: folder)
    (unexpectedExits, exits) = AsyncStream.makeStream()
  }

  /// Starts a process and returns its id when it is ready.
  ///
  /// - Throws: ``SupervisorError`` when it cannot be run, ends early, or is not ready in time.
  @discardableResult
  public func start(_ process: ManagedProcess) async throws -> Int32 {
    await folder.stopLeftover(of: process)
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
    running.append(child)
    watch(child)
    return processID
  }

  /// Sends SIGKILL to a process without calling that unexpected, and waits for its end: for tests of crashes.
  public func kill(_ name: String) async {
    guard let index = running.firstIndex(where: { $0.process.name == name }) else { return }
    await running.remove(at: index).kill()
    folder.forgetProcessID(of: name)
  }

  /// Waits until a process has ended by itself and returns how, without calling that unexpected.
  public func waitForExit(of name: String) async -> String? {
    guard let index = running.firstIndex(where: { $0.process.name == name }) else { return nil }
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
  }

  private func waitUntilReady(_ child: RunningProcess, _ socket: ReadinessSocket) async throws {
    guard child.process.readiness == .notification else { return }
    enum Outcome { case ready, exited(String), late }
    let (outcomes, continuation) = AsyncStream.makeStream(of: Outcome.self)
    let notification = Task {
      if await socket.waitUntilReady() { continuation.yield(.ready) }
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
    case .ready:
      return
    case .exited(let status):
      throw SupervisorError.exitedEarly(
        name: name, status: status, logFile: log, lastLines: folder.lastLogLines(of: name))
    case .late:
      throw SupervisorError.notReady(
        name: name, after: child.process.startTimeout, logFile: log,
        lastLines: folder.lastLogLines(of: name))
    }
  }

  private func watch(_ child: RunningProcess) {
    Task {
      let status = await child.ended()
      guard let index = running.firstIndex(where: { $0 === child }) else { return }
      running.remove(at: index)
      let name = child.process.name
      folder.forgetProcessID(of: name)
      exits.yield(
        UnexpectedExit(
          name: name, status: status, logFile: folder.logPath(of: name),
          lastLines: folder.lastLogLines(of: name)))
    }
  }
}
