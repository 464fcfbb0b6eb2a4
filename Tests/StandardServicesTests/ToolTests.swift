import Foundation
import TLS
import TestSupport
import Testing

/// Tools that know our contracts by nothing but reflection, over mutual TLS.
@Suite(.timeLimit(.minutes(5))) struct ToolTests {
  private let server = StandardServer()

  #if arch(x86_64)
    /// grpcurl 1.8.6, which asks by v1alpha.
    private func grpcurl(
      _ address: StandardServer.Address, _ options: [String] = [], _ words: String...
    ) async throws -> Program.Outcome {
      try await Program.run(
        try PythonPeer.program("grpcurl"),
        [
          "-cacert", address.authority, "-cert", address.caller.certificateChainPath,
          "-key", address.caller.privateKeyPath,
        ] + options + ["localhost:\(address.port)"] + words)
    }

    @Test func grpcurlListsDescribesAndCalls() async throws {
      try await server.listen { address in
        let list = try await grpcurl(address, [], "list")
        #expect(list.exitCode == 0, "\(list.errors)")
        #expect(
          list.output.split(separator: "\n").map(String.init).contains(StandardServer.testing))
        #expect(list.output.contains("grpc.health.v1.Health\n"))

        let service = try await grpcurl(address, [], "describe", StandardServer.testing)
        #expect(service.exitCode == 0, "\(service.errors)")
        // With our options, which it knows from the same source.
        #expect(service.output.contains("rpc Echo ( .alphintra.testing.v1.EchoRequest )"))
        #expect(service.output.contains("(.alphintra.options.access) = { callers:\"gateway\""))

        let message = try await grpcurl(address, [], "describe", "alphintra.testing.v1.EchoRequest")
        #expect(message.output.contains("string text = 1;"))

        let call = try await grpcurl(
          address, ["-d", #"{"text": "hello", "count": 2}"#], "\(StandardServer.testing)/Expand")
        #expect(call.exitCode == 0, "\(call.errors)")
        #expect(call.output.components(separatedBy: "\"text\": \"hello\"").count == 3)

        let health = try await grpcurl(address, [], "grpc.health.v1.Health/Check")
        #expect(health.output.contains("\"status\": \"NOT_SERVING\""))

        let missing = try await grpcurl(address, [], "describe", "no.such.Symbol")
        #expect(missing.exitCode != 0)
        #expect(missing.errors.contains("no.such.Symbol"))
      }
    }
  #endif

  @Test("buf, which asks by v1")
  func buf() async throws {
    try await server.listen { address in
      func curl(_ words: String...) async throws -> Program.Outcome {
        try await Program.run(
          try PythonPeer.program("buf"),
          [
            "curl", "--protocol", "grpc", "--reflect-protocol", "grpc-v1",
            "--cacert", address.authority, "--cert", address.caller.certificateChainPath,
            "--key", address.caller.privateKeyPath,
          ] + words)
      }
      let root = "https://localhost:\(address.port)"
      let list = try await curl("--list-services", root)
      #expect(list.exitCode == 0, "\(list.errors)")
      #expect(list.output.split(separator: "\n").map(String.init).contains(StandardServer.testing))
      let call = try await curl(
        "--data", #"{"text": "hello"}"#, "\(root)/\(StandardServer.testing)/Echo")
      #expect(call.exitCode == 0, "\(call.errors)")
      #expect(call.output.contains("hello"))
    }
  }
}
