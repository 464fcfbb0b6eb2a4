import DevTools
import Foundation
import TestSupport
import Testing

/// `alphintra up` as a person runs it, tells it of a change, and ends it.
@Suite(.timeLimit(.minutes(5))) struct UpCommandTests {
  /// Two pods without anything around them.
  private static let manifest = """
    kind: Deployment
    metadata: {name: broker}
    spec:
      replicas: 2
      template:
        metadata: {labels: {app: broker}}
        spec:
          containers:
            - name: broker
              image: alphintra
              args: [dev-broker, --address-file, $(ADDRESS_FILE)]
              env:
                - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                - {name: ADDRESS_FILE, value: FOLDER/$(POD).one}
    """

  @Test("SIGHUP applies a change that its date does not show, and only what is changed is replaced")
  func aSignalAppliesChanges() async throws {
    let folder = try TemporaryFolder()
    let manifest = Self.manifest.replacing("FOLDER", with: folder.path)
    let file = try folder.write("broker.yaml", manifest)
    let state = "\(folder.path)/state"
    let log = "\(folder.path)/outer/log/up.log"
    let supervisor = try Supervisor(folder: "\(folder.path)/outer")
    func output() throws -> String { try String(contentsOfFile: log, encoding: .utf8) }
    /// The pods that run, by their processes.
    func pods() -> [String: Int32] { ChildProcesses.running(in: state) }
    do {
      let processID = try await supervisor.start(
        ManagedProcess(
          name: "up", executable: "\(Program.folder)/alphintra",
          arguments: [
            "up", "-f", file, "--folder", state, "--port", "0", "--programs", Program.folder,
          ], readiness: .immediate, stopTimeout: .seconds(60)))
      try await eventually { try output().contains("Stop with Ctrl-C") }
      let before = pods()
      #expect(Set(before.keys) == ["broker-1", "broker-2"])

      // As long as it was, and as old: nobody can see it without reading it.
      let date = try #require(
        try FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date)
      try manifest.replacing(".one", with: ".two")
        .write(toFile: file, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file)
      kill(processID, SIGHUP)
      try await eventually { try output().contains("applied \(file)") }
      try await eventually { Set(pods().keys) == ["broker-3", "broker-4"] }
      for pod in ["broker-3", "broker-4"] {
        try await eventually {
          FileManager.default.fileExists(atPath: "\(folder.path)/\(pod).two")
        }
      }
      #expect(Set(before.values).isDisjoint(with: pods().values))

      // Told again without a change, nothing is replaced; told of nonsense, nothing either.
      let after = pods()
      // Who looks at the file's date may have seen one between the two.
      let applied = try output().matches(of: /applied\s/).count
      kill(processID, SIGHUP)
      try await eventually { try output().matches(of: /applied\s/).count > applied }
      try "kind: Deployment".write(toFile: file, atomically: false, encoding: .utf8)
      kill(processID, SIGHUP)
      try await eventually { try output().contains("not applied: ") }
      #expect(pods() == after)

      kill(processID, SIGTERM)
      #expect(await supervisor.waitForExit(of: "up") == "exited(0)")
      #expect(pods().isEmpty)
    } catch {
      Issue.record("\(error)\n\((try? output()) ?? "it said nothing")")
    }
    await supervisor.stopAll()
  }
}
