import Foundation
import Logging
import Observability
import Protobuf
import RPC
import RPCInProcess
import TestSupport
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
      services: [], accessController: Door(),
      audit: { [audit = AuditLog(logger)] in audit.write($0) })
    router.unary(Self.method) { (_: TestingV1.EchoRequest, _) -> TestingV1.EchoResponse in
      logger.notice("not written at this level")
      return .init()
    }
    let server = InProcessServer(router)
    let channel = server.channel(as: PeerIdentity(service: "gateway"))
    let _: TestingV1.EchoResponse = try await channel.unary(
      Self.method, TestingV1.EchoRequest.with { $0.text = "canary" },
      options: CallOptions(
        metadata: [
          "authorization": "Bearer canary", "x-correlation-id": "c-42",
          "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ]))
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
    #expect(lines.first?["trace_id"] as? String == "4bf92f3577b34da6a3ce929d0e0e4736")
    #expect(lines.last?["trace_id"] == nil)
    #expect(lines.last?["outcome"] as? String == "UNAUTHENTICATED")
    #expect(lines.last?["reason"] as? String == "TOKEN_MISSING")
    #expect(lines.last?["user_id"] == nil)
  }

  @Test("the refusals of one caller are limited, and what is left out is counted")
  func refusalsAreLimited() async throws {
    let log = LogCapture()
    let audit = AuditLog(log.logger, summaryDelay: .milliseconds(20))
    var router = RPCRouter(
      services: [], accessController: Door(), audit: { audit.write($0) })
    let quiet = MethodDescriptor(
      service: "test.Service", method: "Quiet", kind: .unary,
      access: AccessRule(callers: .mesh, user: .required()))
    for method in [quiet, Self.method] {
      router.unary(method) { (_: TestingV1.EchoRequest, _) -> TestingV1.EchoResponse in .init() }
    }
    let server = InProcessServer(router)
    func call(_ method: MethodDescriptor, as service: String?, times: Int) async {
      let channel = server.channel(as: service.map { PeerIdentity(service: $0) })
      for _ in 0..<times {
        _ = await #expect(throws: RPCError.self) {
          let _: TestingV1.EchoResponse = try await channel.unary(method, TestingV1.EchoRequest())
        }
      }
    }
    func lines(_ caller: String) -> [Logger.Metadata] {
      log.lines.map(\.metadata).filter { $0["caller"] == "\(caller)" }
    }
    func suppressed(_ caller: String) -> Int {
      lines(caller).compactMap { $0["suppressed"].flatMap { Int("\($0)") } }.reduce(0, +)
    }
    let gateway = "spiffe://alphintra/service/gateway"
    let calls = 3 * AuditLog.burst
    await call(quiet, as: "gateway", times: calls)
    // Others have their own limit, and every line of an audited method is written.
    await call(quiet, as: "auth", times: 1)
    await call(quiet, as: nil, times: 1)
    await call(Self.method, as: "trading", times: calls)
    // Each is in a line of its own, or counted in one.
    try await eventually {
      lines(gateway).count { $0["rpc"] != nil } + suppressed(gateway) == calls
    }
    #expect(suppressed(gateway) > 0)
    #expect(lines("spiffe://alphintra/service/auth").count == 1)
    #expect(lines("none").count == 1)
    #expect(lines("spiffe://alphintra/service/trading").count == calls)
    #expect(log.lines.allSatisfy { $0.message == "audit" && $0.level == .notice })
  }
}
