import Foundation
import RPC
import RPCTransport
import TestSupport
import Testing
import TestingContract

/// `raw_http2.py`: a client that speaks by the frame, also wrongly.
enum RawHTTP2Client {
  /// What came back.
  struct Answer: Decodable {
    struct Status: Decodable, Equatable {
      var http: Int?
      var grpc: Int?
      var message: String?
      /// What the headers say of compression.
      var encoding: String?
      var accepts: String?
    }

    var statuses: [String: Status]
    /// The first byte of each message.
    var flags: [String: [Int]]
    var resets: [String: UInt32]
    var goaway: UInt32?
    var reason: String
    var pings: Int
    var bytes: Int
    var closed: Bool
    var seconds: Double
  }

  /// Plays a scenario with whoever listens on a port.
  static func run(_ scenario: String, port: Int, limit: UInt32 = 0) async throws -> Answer {
    let output = try await PythonPeer.run(
      script: "raw_http2.py", arguments: ["\(port)", scenario, "\(limit)"], input: [])
    return try JSONDecoder().decode(Answer.self, from: Data(output))
  }

  /// Plays a scenario with a server of ours, beside an honest client that must notice nothing.
  ///
  /// - Returns: the client's answer, and what the server has counted when the connection had ended.
  static func play(
    _ scenario: String, limit: UInt32 = 0,
    _ service: TestingServiceImplementation = TestingServiceImplementation(),
    _ change: (inout RPCServer.Configuration) -> Void = { _ in }
  ) async throws -> (answer: Answer, counters: ConnectionCounters) {
    var configuration = RPCServer.Configuration(tls: nil, logger: .quiet)
    configuration.limits = CallLimits(messageBytes: 1 << 20)
    change(&configuration)
    let server = try await RPCServer.start(
      RPCRouter(services: [service], accessController: CallerRules()), configuration)
    let connection = try await ClientConnection.connect(
      host: "127.0.0.1", port: server.port, ClientConnection.Configuration(tls: nil))
    let honest = TestingV1.TestingServiceClient(connection)
    let answer = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while !Task.isCancelled {
          var request = TestingV1.EchoRequest()
          request.text = "honest"
          do throws(RPCError) {
            let response = try await honest.echo(request)
            #expect(response.text == "honest")
          } catch {
            // The test is over.
            guard error.code == .cancelled else { throw error }
          }
        }
      }
      let answer = try await Self.run(scenario, port: server.port, limit: limit)
      group.cancelAll()
      try await group.waitForAll()
      return answer
    }
    let after = try await honest.echo(TestingV1.EchoRequest())
    #expect(after == TestingV1.EchoResponse())
    // The scenario's connection is closed, by one or the other.
    try await eventually { server.connectionCount == 1 }
    let counters = server.counters
    // Whatever its calls came to, nothing of them is left but what is less than a granule.
    #expect(server.heldBytes == 0)
    connection.close()
    await server.stop(grace: .zero)
    return (answer, counters)
  }
}
