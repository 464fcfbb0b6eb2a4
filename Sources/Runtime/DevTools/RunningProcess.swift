import Subprocess
import Synchronization
import SystemPackage

/// One child process from its start to its end.
final class RunningProcess: Sendable {
  /// How a process ends that has done its work.
  static let success = "exited(0)"

  let process: ManagedProcess
  private let life: Task<String, Never>
  private let start: AsyncThrowingStream<Int32, any Error>
  private let stopRequest: AsyncStream<Signal>.Continuation

  /// Starts the process with its output appended to a log file.
  init(_ process: ManagedProcess, log: String, notifySocket: String) throws {
    let output = try FileDescriptor.open(
      FilePath(log), .writeOnly, options: [.create, .append, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead])
    let (start, startContinuation) = AsyncThrowingStream.makeStream(of: Int32.self)
    let (stopRequests, stopRequest) = AsyncStream.makeStream(of: Signal.self)
    self.process = process
    self.start = start
    self.stopRequest = stopRequest
    life = Task {
      defer { try? output.close() }
      do {
        return try await Self.run(process, output, notifySocket, stopRequests, startContinuation)
      } catch {
        startContinuation.finish(
          throwing: SupervisorError.cannotRun(
            name: process.name, executable: process.executable, reason: "\(error)"))
        return "not run"
      }
    }
  }

  /// The process's id, once it runs.
  func started() async throws -> Int32 {
    for try await processID in start {
      return processID
    }
    throw CancellationError()
  }

  /// How the process ended, once it has: "exited(0)", "signaled(9)".
  func ended() async -> String {
    await life.value
  }

  /// SIGTERM or another signal, then SIGKILL after the process's stop time-out.
  func stop(with signal: Signal = .terminate) async {
    stopRequest.yield(signal)
    _ = await life.value
  }

  /// SIGKILL.
  func kill() async {
    stopRequest.yield(.kill)
    _ = await life.value
  }

  private static func run(
    _ process: ManagedProcess, _ output: FileDescriptor, _ notifySocket: String,
    _ stopRequests: AsyncStream<Signal>, _ start: AsyncThrowingStream<Int32, any Error>.Continuation
  ) async throws -> String {
    var options = PlatformOptions()
    options.processGroupID = 0
    var environment = process.environment.reduce(into: [Environment.Key: String?]()) {
      $0[Environment.Key(stringLiteral: $1.key)] = $1.value
    }
    if process.readiness == .notification {
      environment["NOTIFY_SOCKET"] = notifySocket
    }
    let result = try await Subprocess.run(
      .program(process.executable), arguments: Arguments(process.arguments),
      environment: .inherit.updating(environment), platformOptions: options, input: .none,
      output: .fileDescriptor(output, closeAfterSpawningProcess: false),
      error: .fileDescriptor(output, closeAfterSpawningProcess: false)
    ) { execution in
      start.yield(execution.processIdentifier.value)
      start.finish()
      // The body must return before the process is waited for, so stopping is a task beside it.
      return Task {
        for await signal in stopRequests {
          if signal == .kill {
            try? execution.send(signal: .kill)
          } else {
            await execution.teardown(using: [
              .send(signal: signal, allowedDurationToNextStep: process.stopTimeout)
            ])
          }
        }
      }
    }
    result.closureResult.cancel()
    return "\(result.terminationStatus)"
  }
}
