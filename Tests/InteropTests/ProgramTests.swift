import Foundation
import InteropPeers
import TestSupport
import Testing

/// Both programs, with the official flags.
@Suite(.timeLimit(.minutes(5))) struct ProgramTests {
  @Test("the client plays a case with the server, and its exit code tells")
  func together() async throws {
    try await Conversation.hold(
      with: "\(Program.folder)/InteropServer", ["--port=0", "--use_tls=true"]
    ) { server in
      // It does not look at its input; the conversation sees that it ends with zero.
      defer { kill(server.processID, SIGTERM) }
      let line = await server.next() ?? ""
      let port = try #require(line.split(separator: " ").last.flatMap { Int($0) })
      let flags = ["--server_host=127.0.0.1", "--server_port=\(port)", "--use_tls=true"]
      let trusting = flags + ["--use_test_ca=true", "--server_host_override=foo.test.google.fr"]
      let passed = try await Program.run(
        "InteropClient", trusting + ["--test_case=server_compressed_streaming"])
      #expect(passed.exitCode == 0)
      #expect(passed.output == "OK: server_compressed_streaming\n")

      // Nobody on this system vouches for the test certificate.
      let refused = try await Program.run("InteropClient", flags + ["--test_case=empty_unary"])
      #expect(refused.exitCode == 1)
      #expect(refused.errors.contains("UNAVAILABLE"))
    }
  }

  @Test(
    "what cannot be done is refused by name",
    arguments: [
      (["--test_case=compute_engine_creds"], "compute_engine_creds"),
      (
        ["--test_case=empty_unary", "--custom_credentials_type=google_default_credentials"],
        "google_default_credentials: these are not spoken here"
      ),
    ])
  func refused(flags: [String], message: String) async throws {
    let outcome = try await Program.run("InteropClient", ["--server_port=1"] + flags)
    #expect(outcome.exitCode == 64)
    #expect(outcome.errors.contains(message))
  }
}
