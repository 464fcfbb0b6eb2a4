import DevTools
import Foundation
import TestSupport
import Testing

/// `alphintra dev` as a person runs and ends it.
@Suite struct DevCommandTests {
  /// Runs `alphintra dev` until it has printed its guide, then hands its id to the closure.
  private static func withDev(
    _ body: (Supervisor, _ processID: Int32, _ state: String, _ log: String) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    let supervisor = try Supervisor(folder: "\(folder.path)/outer")
    let state = "\(folder.path)/state"
    let log = "\(folder.path)/outer/log/dev.log"
    do {
      let processID = try await supervisor.start(
        ManagedProcess(
          name: "dev", executable: "\(Program.folder)/alphintra",
          arguments: [
            "dev", "--folder", state, "--port", "0", "--postgres-port", "0",
          ], readiness: .immediate, stopTimeout: .seconds(120)))
      try await eventually(within: .seconds(120)) {
        let text = try String(contentsOfFile: log, encoding: .utf8)
        if !ChildProcesses.isRunning(processID) {
          throw DevEnded(output: text)
        }
        return text.contains("Stop with Ctrl-C")
      }
      try await body(supervisor, processID, state, log)
    } catch {
      await supervisor.stopAll()
      throw error
    }
    await supervisor.stopAll()
  }

  private struct DevEnded: Error {
    let output: String
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalStopsEverything(signal: Int32) async throws {
    try await Self.withDev { supervisor, processID, state, log in
      let children = Array(ChildProcesses.running(in: state).values)
      #expect(children.count == 8)
      kill(processID, signal)
      #expect(await supervisor.waitForExit(of: "dev") == "exited(0)")
      #expect(!children.contains(where: ChildProcesses.isRunning))
      #expect(ChildProcesses.running(in: state).values.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: "\(state)/postgres/data/postmaster.pid"))
      let text = try String(contentsOfFile: log, encoding: .utf8)
      #expect(text.contains("Stopped."))
    }
  }

  @Test func killingItStopsEverythingToo() async throws {
    try await Self.withDev { supervisor, _, state, _ in
      let children = Array(ChildProcesses.running(in: state).values)
      await supervisor.kill("dev")
      try await eventually { !children.contains(where: ChildProcesses.isRunning) }
      try await eventually {
        !FileManager.default.fileExists(atPath: "\(state)/postgres/data/postmaster.pid")
      }
    }
  }

  @Test func aDeadChildEndsItWithItsName() async throws {
    try await Self.withDev { supervisor, _, state, log in
      let gateway = try #require(ChildProcesses.running(in: state)["gateway"])
      kill(gateway, SIGKILL)
      #expect(await supervisor.waitForExit(of: "dev") == "exited(1)")
      let text = try String(contentsOfFile: log, encoding: .utf8)
      #expect(text.contains("gateway has died"))
      #expect(ChildProcesses.running(in: state).values.isEmpty)
    }
  }

  @Test func interruptingTheDemoLeavesNothing() async throws {
    let folder = try TemporaryFolder()
    let supervisor = try Supervisor(folder: folder.path)
    let processID = try await supervisor.start(
      ManagedProcess(
        name: "demo", executable: "\(Program.folder)/alphintra", arguments: ["demo"],
        readiness: .immediate, stopTimeout: .seconds(120)))
    let log = "\(folder.path)/log/demo.log"
    // In the middle of the start.
    try await eventually(within: .seconds(120)) {
      try String(contentsOfFile: log, encoding: .utf8).contains("✓ dev-broker")
    }
    kill(processID, SIGINT)
    let status = await supervisor.waitForExit(of: "demo")
    let text = try String(contentsOfFile: log, encoding: .utf8)
    #expect(status == "exited(130)", "\(text)")
    let state = try #require(text.firstMatch(of: /in (\/tmp\/alphintra-\w+)\./)).output.1
    #expect(!FileManager.default.fileExists(atPath: String(state)))
    await supervisor.stopAll()
  }
}
