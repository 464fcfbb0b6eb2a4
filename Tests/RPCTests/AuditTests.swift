import Protobuf
import RPC
import RPCInProcess
import Synchronization
import Testing
import TestingContract

/// Of each call of an audited method it is kept who called, for whom, and what came of it.
@Suite(.timeLimit(.minutes(5))) struct AuditTests {
  typealias Request = TestingV1.EchoRequest
  typealias Response = TestingV1.EchoResponse

  /// Knows one user, `u1`, by the token `good`; at once, or only after waiting.
  private struct Door: AccessController {
    let waits: Bool

    func authorizeNow(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) throws(RPCError) -> AccessGrant? {
      waits ? nil : AccessGrant(user: try user(method, metadata))
    }

    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? { try user(method, metadata) }

    private func user(
      _ method: MethodDescriptor, _ metadata: Metadata
    ) throws(RPCError) -> UserIdentity? {
      guard case .required = method.access.user else { return nil }
      guard metadata["authorization"] == "Bearer good" else {
        throw RPCError(
          .unauthenticated, "who are you?",
          details: [.errorInfo(reason: "TOKEN_MISSING", domain: "test", metadata: [:])])
      }
      return UserIdentity(id: "u1", roles: [], expiresAt: .max, token: "good")
    }
  }

  private static func method(
    _ name: String, _ kind: CallKind = .unary, _ user: AccessRule.UserRule = .required(),
    isAudited: Bool = true
  ) -> MethodDescriptor {
    MethodDescriptor(
      service: "test.Service", method: name, kind: kind,
      access: AccessRule(callers: .anyone, user: user), isAudited: isAudited)
  }

  private static let act = method("Act")
  private static let quiet = method("Quiet", isAudited: false)
  private static let logIn = method("LogIn", .unary, .none)
  private static let watch = method("Watch", .serverStreaming)

  /// The records of what `body` does with a channel.
  private func records(
    waits: Bool, _ body: (InProcessChannel) async throws -> Void
  ) async throws -> [AuditRecord] {
    let records = Records()
    var router = RPCRouter(services: [], accessController: Door(waits: waits)) { record in
      records.all.withLock { $0.append(record) }
    }
    for method in [Self.act, Self.quiet] {
      router.unary(method) { (request: Request, _) -> Response in
        if request.failCode != 0 {
          throw RPCError(
            .failedPrecondition, "no",
            details: [.errorInfo(reason: "NO", domain: "test", metadata: [:])])
        }
        return Response()
      }
    }
    router.unary(Self.logIn) { (_: Request, context) -> Response in
      context.setAuditedUser("u7")
      return Response()
    }
    router.serverStreaming(Self.watch) { (_: Request, responses: RPCWriter<Response>, _) in
      try await responses.write(Response())
    }
    let server = InProcessServer(router)
    try await body(server.channel(as: PeerIdentity(service: "gateway")))
    // A record is written when the handler has ended, which its caller may learn before.
    await server.stop(grace: .seconds(30))
    return records.all.withLock { $0 }
  }

  private final class Records: Sendable {
    let all = Mutex<[AuditRecord]>([])
  }

  private static let good = CallOptions(
    metadata: ["authorization": "Bearer good", "x-correlation-id": "c1"])

  @Test(arguments: [false, true])
  func everyOutcomeIsKept(waits: Bool) async throws {
    let records = try await records(waits: waits) { channel in
      let _: Response = try await channel.unary(Self.act, Request(), options: Self.good)
      _ = await #expect(throws: RPCError.self) {
        let _: Response = try await channel.unary(
          Self.act, Request.with { $0.failCode = 9 }, options: Self.good)
      }
      _ = await #expect(throws: RPCError.self) {
        let _: Response = try await channel.unary(Self.act, Request())
      }
      let stream: RPCStream<Response> = try await channel.serverStreaming(
        Self.watch, Request(), options: Self.good)
      for try await _ in stream {}
      let _: Response = try await channel.unary(Self.quiet, Request(), options: Self.good)
      let _: Response = try await channel.unary(Self.logIn, Request())
    }
    #expect(
      records.map { "\($0.method) \($0.userID ?? "-") \($0.outcome) \($0.reason ?? "-")" } == [
        "/test.Service/Act u1 OK -",
        "/test.Service/Act u1 FAILED_PRECONDITION NO",
        "/test.Service/Act - UNAUTHENTICATED TOKEN_MISSING",
        "/test.Service/Watch u1 OK -",
        "/test.Service/LogIn u7 OK -",
      ])
    #expect(records.allSatisfy { $0.caller == "spiffe://alphintra/service/gateway" })
    #expect(records.map(\.correlationID) == ["c1", "c1", nil, "c1", nil])
    #expect(!"\(records)".contains("good"), "no secret is kept")
  }

  @Test("who is refused is kept for every method", arguments: [false, true])
  func refusals(waits: Bool) async throws {
    let records = try await records(waits: waits) { channel in
      for method in [Self.quiet, Self.act] {
        _ = await #expect(throws: RPCError.self) {
          let _: Response = try await channel.unary(method, Request())
        }
      }
      // A handler's own refusal is an outcome like any other.
      _ = await #expect(throws: RPCError.self) {
        let _: Response = try await channel.unary(
          Self.quiet, Request.with { $0.failCode = 7 }, options: Self.good)
      }
    }
    #expect(records.map(\.method) == ["/test.Service/Quiet", "/test.Service/Act"])
    #expect(records.allSatisfy { $0.isRefusal && $0.outcome == .unauthenticated })
    #expect(records.map(\.isAudited) == [false, true])
  }
}
