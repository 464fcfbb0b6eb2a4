import Foundation
import Mesh
import RPC
import TLS
import TestSupport
import Testing
import TestingContract

/// gRPC's negative HTTP/2 interoperability cases: a server that ends calls and connections early, frame by
/// frame, and a channel that must take it well (doc/negative-http2-interop-test-descriptions.md).
@Suite(.timeLimit(.minutes(5))) struct NegativeHTTP2Tests {
  /// What the descriptions send and ask for.
  private static let requestBytes = 271_828
  private static let responseBytes = 314_159

  private let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  /// What the server saw.
  private struct Seen: Decodable {
    /// The numbers of the streams of each connection that carried a call.
    var streams: [[Int]]
    var pings: Int
    var unanswered: Int
    /// How many streams were open at a time.
    var most: Int
    var largest: Int
  }

  /// The server of a case and a channel to it, for the length of a closure.
  private func play(
    _ testCase: String,
    _ body: (MeshChannel, @Sendable () async throws -> Seen) async throws -> Void
  ) async throws {
    let identity = try mesh.certificates.service("trading")
    try await PythonPeer.talk(
      to: "negative_http2_server.py",
      arguments: [
        testCase, identity.certificateChainPath, identity.privateKeyPath,
        mesh.certificates.authorityPath,
      ]
    ) { server in
      let port = try #require(await server.next().flatMap { Int($0) })
      try mesh.publish("trading", at: [port])
      let channel = try mesh.channel(from: "gateway", to: "trading") {
        // The case, and not a busy machine, decides what fails.
        $0.connectTimeout = .seconds(60)
      }
      try await body(channel) {
        try await server.send("")
        return try JSONDecoder().decode(Seen.self, from: Data((await server.next() ?? "").utf8))
      }
    }
  }

  private static func call(_ channel: MeshChannel) async throws(RPCError) {
    var request = TestingV1.EchoRequest()
    request.payload = [UInt8](repeating: 0, count: requestBytes)
    request.responseSize = Int32(responseBytes)
    let response = try await TestingV1.TestingServiceClient(channel).echo(
      request, options: CallOptions(timeout: .seconds(60)))
    #expect(response.payload == [UInt8](repeating: 0, count: responseBytes))
  }

  @Test("goaway: the call under way ends well, and the next one finds another way")
  func goaway() async throws {
    try await play("goaway") { channel, seen in
      try await Self.call(channel)
      try await Self.call(channel)
      // The call that the GOAWAY names was the last on its connection.
      let last = try await seen()
      #expect(last.streams == [[1], [1]])
    }
  }

  @Test(
    "rst: a call whose stream is reset with code 0 fails, wherever in its response, and is not made again",
    arguments: ["rst_after_header", "rst_during_data", "rst_after_data"])
  func reset(testCase: String) async throws {
    try await play(testCase) { channel, seen in
      for _ in 0..<2 {
        let error = await #expect(throws: RPCError.self) { try await Self.call(channel) }
        #expect(error?.code == .internal)
        #expect(error?.message == "the server broke the call off with NO_ERROR")
      }
      // The connection goes on.
      let last = try await seen()
      #expect(last.streams == [[1, 3]])
    }
  }

  @Test("ping: all of them are answered")
  func ping() async throws {
    try await play("ping") { channel, seen in
      try await Self.call(channel)
      try await eventually { try await seen().unanswered == 0 }
      let last = try await seen()
      #expect(last.pings == 3)
      #expect(last.largest > Self.requestBytes)
    }
  }

  @Test("max_streams: calls over the server's limit wait for their turn, and all end well")
  func maximumStreams() async throws {
    try await play("max_streams") { channel, seen in
      try await Self.call(channel)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<10 { group.addTask { try await Self.call(channel) } }
        try await group.waitForAll()
      }
      let last = try await seen()
      #expect(last.most == 1)
      #expect(last.streams.flatMap { $0 }.count == 11)
    }
  }
}
