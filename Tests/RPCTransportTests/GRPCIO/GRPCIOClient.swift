import Foundation
import TLS
import TestSupport

/// grpcio's client: a peer that nobody here wrote.
struct GRPCIOClient {
  /// A request of the testing contract.
  struct Request: Encodable {
    var text: String?
    var payloadSize: Int?
    var count: Int?
    var delayMs: Int?
    var failCode: Int?
    var failMessage: String?
    var responseSize: Int?
  }

  /// A value of metadata: text or bytes.
  struct Field: Codable, Hashable {
    var name: String
    var text: String?
    var base64: Data?
  }

  /// A call, or many of the same at once.
  struct Call: Encodable {
    var method: String
    var requests: [Request]
    var metadata: [Field] = []
    var timeout: Double?
    var copies = 1
    var gzip = false
    var unknown = false

    init(_ method: String, _ requests: Request...) {
      self.method = method
      self.requests = requests
    }
  }

  /// How a call ended.
  struct Outcome: Decodable {
    struct Response: Decodable {
      var text: String
      var index: Int
      var payloadSize: Int
      var payloadMatches: Bool
    }

    var code: Int
    var message: String
    var responses: [Response]
    var initial: [Field]
    var trailing: [Field]
  }

  /// The client ended before it answered.
  struct Gone: Error {}

  private struct Command: Encodable {
    var call: Call?
    var cancel: Bool?
  }

  private let conversation: Conversation

  /// Runs a client for the length of a closure.
  static func run<R: Sendable>(
    port: Int, identity: TLSConfiguration.Identity?, trusting authority: String,
    _ body: (GRPCIOClient) async throws -> R
  ) async throws -> R {
    let files = identity.map { [$0.certificateChainPath, $0.privateKeyPath] } ?? []
    return try await PythonPeer.talk(
      to: "grpc_client.py",
      arguments: ["\(PythonPeer.repository)/protos", "localhost:\(port)"] + files + [authority]
    ) { try await body(GRPCIOClient(conversation: $0)) }
  }

  /// Makes a call and waits for its end.
  func call(_ call: Call) async throws -> Outcome {
    try await self.start(call)
    return try await self.outcomes()[0]
  }

  /// Starts a call.
  func start(_ call: Call) async throws {
    try await self.send(Command(call: call))
  }

  /// Gives up the call that was started.
  func cancel() async throws {
    try await self.send(Command(cancel: true))
  }

  /// Waits for the end of the call that was started, and of its copies.
  func outcomes() async throws -> [Outcome] {
    guard let line = await self.conversation.next() else { throw Gone() }
    return try JSONDecoder().decode([Outcome].self, from: Data(line.utf8))
  }

  private func send(_ command: Command) async throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let line = try encoder.encode(command)
    try await self.conversation.send(String(decoding: line, as: UTF8.self))
  }
}
