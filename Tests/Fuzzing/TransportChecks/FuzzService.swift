import RPC
import TestingContract

/// The testing contract without anything that waits: what does would end on another thread.
struct FuzzService: TestingV1.TestingService {
  /// The most that an answer carries, and how often one comes, whatever is asked for.
  private static let mostBytes: Int32 = 30_000
  private static let mostAnswers: Int32 = 20

  func echo(
    _ request: TestingV1.EchoRequest, context: ServerContext
  ) async throws -> TestingV1.EchoResponse {
    context.setTrailingMetadata(context.metadata)
    if request.count > 0 { context.setResponseCompression(.gzip) }
    return try self.answer(request)
  }

  func collect(
    _ requests: RPCStream<TestingV1.EchoRequest>, context: ServerContext
  ) async throws -> TestingV1.EchoResponse {
    var response = TestingV1.EchoResponse()
    for try await request in requests {
      response = try self.answer(request)
      response.index += 1
    }
    return response
  }

  func expand(
    _ request: TestingV1.EchoRequest, responses: RPCWriter<TestingV1.EchoResponse>,
    context: ServerContext
  ) async throws {
    for _ in 0..<max(0, min(request.count, Self.mostAnswers)) {
      try await responses.write(self.answer(request))
    }
  }

  func chat(
    _ requests: RPCStream<TestingV1.EchoRequest>, responses: RPCWriter<TestingV1.EchoResponse>,
    context: ServerContext
  ) async throws {
    for try await request in requests { try await responses.write(self.answer(request)) }
  }

  func whoAmI(
    _ request: TestingV1.WhoAmIRequest, context: ServerContext
  ) async throws -> TestingV1.WhoAmIResponse { TestingV1.WhoAmIResponse() }

  func whoIsTheUser(
    _ request: TestingV1.WhoAmIRequest, context: ServerContext
  ) async throws -> TestingV1.WhoAmIResponse { TestingV1.WhoAmIResponse() }

  func whoIsTheAdministrator(
    _ request: TestingV1.WhoAmIRequest, context: ServerContext
  ) async throws -> TestingV1.WhoAmIResponse { TestingV1.WhoAmIResponse() }

  private func answer(_ request: TestingV1.EchoRequest) throws -> TestingV1.EchoResponse {
    if let code = StatusCode(rawValue: Int(request.failCode)), code != .ok {
      throw RPCError(
        code, request.failMessage,
        details: [.errorInfo(reason: "R", domain: "d", metadata: ["text": request.text])])
    }
    var response = TestingV1.EchoResponse()
    response.text = request.text
    response.payload = [UInt8](
      repeating: 7, count: Int(max(0, min(request.responseSize, Self.mostBytes))))
    return response
  }
}

/// Says what the rule says of callers; of users, nothing.
struct FuzzAccess: AccessController {
  func authorize(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) async throws(RPCError) -> UserIdentity? {
    if case .required = method.access.user {
      throw RPCError(.unauthenticated, "nobody is known here")
    }
    return nil
  }
}
