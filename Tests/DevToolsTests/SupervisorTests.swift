import DevTools
import Foundation
import Testing

/// The supervisor against small real processes.
@Suite struct SupervisorTests {
  /// A bound for a child that hangs, not a measure: a busy machine may take long to run it.
  private static let patience: Duration = .seconds(120)

  /// A child that does what the script says; `ready` tells the supervisor that it serves.
  private static func child(
    _ name: String, _ script: String, readiness: ManagedProcess.Readiness = .notification,
    startTimeout: Duration = patience, stopTimeout: Duration = patience
  ) -> ManagedProcess {
    let prelude = """
      import os, signal, socket, sys, time
      def ready():
          s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
          s.sendto(b"STATUS=up\\nREADY=1\\n", os.environ["NOTIFY_SOCKET"])

      """
    return ManagedProcess(
      name: name, executable: "python3", arguments: ["-c", prelude + script], readiness: readiness,
      startTimeout: startTimeout, stopTimeout: stopTimeout)
  }

  private static func withSupervisor(
    _ body: (Supervisor, String) async throws -> Void
  ) async throws {
    // Socket paths have a limit of 108 bytes, so the folder's name is short.
    let folder = NSTemporaryDirectory() + "sup-\(UInt32.random(in: 0 ... .max))"
    let supervisor = try Supervisor(folder: folder)
    do {
      try await body(supervisor, folder)
    } catch {
      await supervisor.stopAll()
      try? FileManager.default.removeItem(atPath: folder)
      throw error
    }
    await supervisor.stopAll()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static func isRunning(_ processID: Int32) -> Bool { kill(processID, 0) == 0 }

  @Test func startsWhenTheChildSaysSo() async throws {
    try await Self.withSupervisor { supervisor, _ in
      let begin = ContinuousClock.now
      let processID = try await supervisor.start(
        Self.child("slow", "time.sleep(0.3)\nready()\ntime.sleep(600)"))
      #expect(ContinuousClock.now - begin >= .milliseconds(300))
      #expect(Self.isRunning(processID))
      await supervisor.stop("slow")
      #expect(!Self.isRunning(processID))
    }
  }

  @Test func tellsWhyAChildDidNotStart() async throws {
    try await Self.withSupervisor { supervisor, folder in
      let error = await #expect(throws: SupervisorError.self) {
        try await supervisor.start(
          Self.child("broken", "print('port 8443 is taken', flush=True)\nsys.exit(3)"))
      }
      guard case .exitedEarly(let name, let status, let log, let lines) = error else {
        Issue.record("unexpected error: \(String(describing: error))")
        return
      }
      #expect(name == "broken")
      #expect(status.contains("3"))
      #expect(log == "\(folder)/log/broken.log")
      #expect(lines == ["port 8443 is taken"])
    }
  }

  @Test func tellsThatAProgramIsMissing() async throws {
    try await Self.withSupervisor { supervisor, _ in
      let error = await #expect(throws: SupervisorError.self) {
        try await supervisor.start(
          ManagedProcess(name: "ghost", executable: "no-such-program-anywhere"))
      }
      guard case .cannotRun(let name, _, _) = error else {
        Issue.record("unexpected error: \(String(describing: error))")
        return
      }
      #expect(name == "ghost")
    }
  }

  @Test func givesUpOnAChildThatNeverIsReady() async throws {
    try await Self.withSupervisor { supervisor, _ in
      let error = await #expect(throws: SupervisorError.self) {
        try await supervisor.start(
          Self.child("mute", "time.sleep(600)", startTimeout: .milliseconds(300)))
      }
      guard case .notReady = error else {
        Issue.record("unexpected error: \(String(describing: error))")
        return
      }
    }
  }

  @Test func killsAChildThatIgnoresTheTerminationSignal() async throws {
    try await Self.withSupervisor { supervisor, _ in
      let processID = try await supervisor.start(
        Self.child(
          "deaf", "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nready()\ntime.sleep(600)",
          stopTimeout: .milliseconds(200)))
      await supervisor.stop("deaf")
      #expect(!Self.isRunning(processID))
    }
  }

  @Test func noticesADeath() async throws {
    try await Self.withSupervisor { supervisor, _ in
      try await supervisor.start(
        Self.child(
          "mortal", "ready()\nprint('out of luck', flush=True)\ntime.sleep(0.5)\nsys.exit(7)"))
      let exit = await supervisor.unexpectedExits.first { _ in true }
      #expect(exit?.name == "mortal")
      #expect(exit?.status.contains("7") == true)
      #expect(exit?.lastLines == ["out of luck"])
    }
  }

  @Test func aRequestedKillIsNotUnexpected() async throws {
    try await Self.withSupervisor { supervisor, _ in
      let processID = try await supervisor.start(Self.child("victim", "ready()\ntime.sleep(600)"))
      await supervisor.kill("victim")
      #expect(!Self.isRunning(processID))
      await supervisor.stopAll()
      let exit = await supervisor.unexpectedExits.first { _ in true }
      #expect(exit == nil)
    }
  }

  @Test func stopsInReverseOrder() async throws {
    try await Self.withSupervisor { supervisor, folder in
      let note = """
        def stop(*_):
            open("\(folder)/order", "a").write(sys.argv[1] if len(sys.argv) > 1 else name)
            sys.exit(0)
        signal.signal(signal.SIGTERM, stop)
        ready()
        time.sleep(600)
        """
      for name in ["a", "b", "c"] {
        try await supervisor.start(Self.child(name, "name = '\(name)'\n" + note))
      }
      await supervisor.stopAll()
      let order = try String(contentsOfFile: "\(folder)/order", encoding: .utf8)
      #expect(order == "cba")
    }
  }

  @Test func stopsWhatAKilledRunLeftBehind() async throws {
    try await Self.withSupervisor { supervisor, folder in
      let process = Self.child("orphan", "ready()\ntime.sleep(600)")
      let first = try await supervisor.start(process)
      // A second supervisor stands for the next run, after the first was killed without a chance to clean up.
      let next = try Supervisor(folder: folder)
      let second = try await next.start(process)
      #expect(first != second)
      #expect(!Self.isRunning(first))
      #expect(Self.isRunning(second))
      await next.stopAll()
    }
  }

  @Test func waitsUntilWorkIsDone() async throws {
    try await Self.withSupervisor { supervisor, folder in
      try await supervisor.start(
        Self.child(
          "worker", "open('\(folder)/done', 'w').close()", readiness: .completion))
      #expect(FileManager.default.fileExists(atPath: "\(folder)/done"))
      // It has left nothing to be stopped or watched.
      #expect(await supervisor.waitForExit(of: "worker") == nil)
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/run/worker.pid"))
    }
  }

  @Test func tellsThatWorkHasFailed() async throws {
    try await Self.withSupervisor { supervisor, _ in
      let error = await #expect(throws: SupervisorError.self) {
        try await supervisor.start(
          Self.child("worker", "print('no database')\nsys.exit(1)", readiness: .completion))
      }
      guard case .failed("worker", "exited(1)", _, ["no database"]) = error else {
        Issue.record("unexpected error: \(String(describing: error))")
        return
      }
    }
  }

  @Test func remembersHowAProcessEnded() async throws {
    try await Self.withSupervisor { supervisor, _ in
      try await supervisor.start(
        Self.child("mortal", "ready()\ntime.sleep(0.2)\nos.kill(os.getpid(), signal.SIGKILL)"))
      let exit = await supervisor.unexpectedExits.first { _ in true }
      #expect(exit?.status == "signaled(9)")
      // Asked after the fact.
      #expect(await supervisor.waitForExit(of: "mortal") == "signaled(9)")
      // A new run forgets it.
      try await supervisor.start(Self.child("mortal", "ready()\ntime.sleep(600)"))
      await supervisor.stop("mortal")
      #expect(await supervisor.waitForExit(of: "mortal") == nil)
    }
  }

  @Test func worksInAFolderTooDeepForASocket() async throws {
    let folder = NSTemporaryDirectory() + "sup-\(UInt32.random(in: 0 ... .max))"
    let deep = "\(folder)/\(String(repeating: "d", count: 120))"
    let supervisor = try Supervisor(folder: deep)
    try await supervisor.start(Self.child("diver", "ready()\ntime.sleep(600)"))
    await supervisor.stopAll()
    try? FileManager.default.removeItem(atPath: folder)
  }
}
