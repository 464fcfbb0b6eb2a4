import Foundation
import StandardServices
import TLS
import TestSupport
import Testing

/// Health and reflection as gRPC's own Python clients see them, over mutual TLS.
@Suite(.timeLimit(.minutes(5))) struct GRPCIOTests {
  private let server = StandardServer()

  /// What the client says to a question.
  private struct Answer: Decodable, Hashable {
    var status: String?
    var statuses: [String: String]?
    var names: [String]?
    var response: [String: String]?
    var same: Bool?
    var code: String?
  }

  private func withClient(_ body: (Conversation) async throws -> Void) async throws {
    try await server.listen { address in
      try await PythonPeer.talk(
        to: "standard_services.py",
        arguments: [
          "localhost:\(address.port)", address.caller.certificateChainPath,
          address.caller.privateKeyPath, address.authority,
        ]
      ) { try await body($0) }
    }
  }

  private func answer(_ client: Conversation) async throws -> Answer {
    let line = try #require(await client.next())
    return try JSONDecoder().decode(Answer.self, from: Data(line.utf8))
  }

  private func ask(_ client: Conversation, _ question: String) async throws -> Answer {
    try await client.send(question)
    return try await answer(client)
  }

  @Test func health() async throws {
    try await withClient { client in
      #expect(try await ask(client, #"{"check": ""}"#).status == "NOT_SERVING")
      server.health.set(.serving)
      #expect(try await ask(client, #"{"check": ""}"#).status == "SERVING")
      let service = StandardServer.testing
      #expect(try await ask(client, #"{"check": "\#(service)"}"#).status == "SERVING")
      #expect(try await ask(client, #"{"check": "no.such.Service"}"#).code == "NOT_FOUND")
      let statuses = try await ask(client, #"{"list": true}"#).statuses
      #expect(statuses == ["": "SERVING", service: "SERVING"])

      #expect(try await ask(client, #"{"watch": "\#(service)"}"#).status == "SERVING")
      server.health.set(.notServing)
      #expect(try await answer(client).status == "NOT_SERVING")
      server.health.set(.serving)
      #expect(try await answer(client).status == "SERVING")
      server.health.drain()
      #expect(try await answer(client).status == "NOT_SERVING")
      #expect(try await answer(client).code == "UNAVAILABLE")
    }
  }

  @Test("a client without our contracts finds and calls a method by reflection")
  func reflection() async throws {
    try await withClient { client in
      let services = try await ask(client, #"{"services": true}"#).names
      #expect(
        services == [
          StandardServer.testing, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection",
        ])
      let service = StandardServer.testing
      let methods = try await ask(client, #"{"methods": "\#(service)"}"#).names
      #expect(
        methods == [
          "Echo", "Collect", "Expand", "Chat", "WhoAmI", "WhoIsTheUser", "WhoIsTheAdministrator",
        ])
      let call = #"{"call": "\#(service).Echo", "request": {"text": "by reflection"}}"#
      #expect(try await ask(client, call).response == ["text": "by reflection"])
      #expect(try await ask(client, #"{"methods": "no.such.Service"}"#).code == "NOT_FOUND")
    }
  }

  @Test(
    "the vendored contracts declare what gRPC's own packages declare",
    arguments: [
      ("grpc/health/v1/health.proto", "grpc_health.v1.health_pb2"),
      ("grpc/reflection/v1alpha/reflection.proto", "grpc_reflection.v1alpha.reflection_pb2"),
    ])
  func vendored(file: String, module: String) async throws {
    try await withClient { client in
      let answer = try await ask(client, #"{"same": "\#(file)", "as": "\#(module)"}"#)
      #expect(answer.same == true)
    }
  }
}
