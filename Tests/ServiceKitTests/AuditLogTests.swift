import Foundation
import Logging
import Observability
import Protobuf
import RPC
import RPCInProcess
import Testing
import TestingContract

@testable import ServiceKit

@Suite struct AuditLogTests {
  private struct Door: AccessController {
    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? {
      guard metadata["authorization"] == "Bearer canary" else {
        throw RPCError(
          .unauthenticated, "who are you?",
          details: [.errorInfo(reason: "TOKEN_MISSING", domain: "test", metadata: [:])])
      }
      return UserIdentity(id: "u1", roles: [], expiresAt: .max, token: "canary")
    }
  }

  private static let method = MethodDescriptor(
    service: "test.Service", method: "Act", kind: .unary,
    access: AccessRule(callers: .mesh, user: .required()), isAudited: true)

  @Test func eachCallIsALineWithoutWhatWasSaidWhateverTheLevel() async throws {
    let pipe = Pipe()
    let logger = Logger(label: "trading") {
      LineLogHandler(
        label: $0, level: .error, format: .json,
        output: LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor), colours: false,
        metadataProvider: LogContext.metadataProvider())
    }
    var router = RPCRouter(
      services: [], accessController: Door(), audit: AuditLog(logger).write)
    router.unary(Self.method) { (_: TestingV1.EchoRequest, _) -> TestingV1.EchoResponse in
      logger.notice("not written at this level")
      return .init()
    }
    let server = InProcessServer(router)
    let channel = server.channel(as: PeerIdentity(service: "gateway"))
    let _: TestingV1.EchoResponse = try await channel.unary(
      Self.method, TestingV1.EchoRequest.with { $0.text = "canary" },
      options: CallOptions(
        metadata: ["authorization": "Bearer canary", "x-correlation-id": "c-42"]))
    _ = await #expect(throws: RPCError.self) {
      let _: TestingV1.EchoResponse = try await channel.unary(
        Self.method, TestingV1.EchoRequest())
    }
    await server.stop(grace: .seconds(30))
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(!text.contains("canary"))
    let lines = try text.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(lines.count == 2)
    for line in lines {
      #expect(line["message"] as? String == "audit")
      #expect(line["severity"] as? String == "NOTICE")
      #expect(line["rpc"] as? String == "/test.Service/Act")
      #expect(line["caller"] as? String == "spiffe://alphintra/service/gateway")
    }
    #expect(lines.first?["outcome"] as? String == "OK")
    #expect(lines.first?["user_id"] as? String == "u1")
    #expect(lines.first?["correlation_id"] as? String == "c-42")
    #expect(lines.last?["outcome"] as? String == "UNAUTHENTICATED")
    #expect(lines.last?["reason"] as? String == "TOKEN_MISSING")
    #expect(lines.last?["user_id"] == nil)
  }
}
