import Foundation
import TLS
import TestSupport

/// grpcio's server: a peer that nobody here wrote.
struct GRPCIOServer {
  /// What a handler saw.
  struct Event: Decodable {
    /// `call`, `waiting`, or `gone` when the caller of a handler that waits has gone.
    var event: String
    /// How many seconds the call had left when it came.
    var remaining: Double?
  }

  private struct Start: Decodable {
    var port: Int
  }

  /// The server ended before it said anything.
  struct Gone: Error {}

  let port: Int
  private let conversation: Conversation

  /// Runs a server for the length of a closure; it asks for a certificate of the authority.
  static func run<R: Sendable>(
    identity: TLSConfiguration.Identity, trusting authority: String, messageBytes: Int? = nil,
    _ body: (GRPCIOServer) async throws -> R
  ) async throws -> R {
    try await PythonPeer.talk(
      to: "grpc_server.py",
      arguments: [
        "\(PythonPeer.repository)/protos", identity.certificateChainPath, identity.privateKeyPath,
        authority,
      ] + (messageBytes.map { ["\($0)"] } ?? [])
    ) { conversation in
      guard let line = await conversation.next() else { throw Gone() }
      let start = try JSONDecoder().decode(Start.self, from: Data(line.utf8))
      return try await body(GRPCIOServer(port: start.port, conversation: conversation))
    }
  }

  /// Waits until a handler says this.
  func event(_ name: String) async throws -> Event {
    while let line = await self.conversation.next() {
      let event = try JSONDecoder().decode(Event.self, from: Data(line.utf8))
      if event.event == name { return event }
    }
    throw Gone()
  }
}
