public import RPC
public import TestingContract

/// The testing contract, as its comments say.
public struct TestingServiceImplementation: TestingV1.TestingService {
  /// Told when a handler begins to wait.
  public let waits = AsyncStream.makeStream(of: Void.self)
  /// Told when a handler that waits has been cancelled.
  public let cancellations = AsyncStream.makeStream(of: Void.self)
  /// What a handler does at its start.
  public var beforeAnswer: @Sendable (ServerContext) -> Void = { _ in }
  /// What a handler of a stream does before each answer; says whether it is compressed if the call is.
  public var beforeEachAnswer: @Sendable (Int32, ServerContext) -> Bool = { _, _ in true }
  /// What a handler that waits does when it has been cancelled, before it returns.
  public var afterCancellation: @Sendable () async -> Void = {}

  /// Answers at once.
  public init() {}

  /// Answers once; metadata `x-echo` and `x-echo-bin` come back before and after.
  public func echo(
    _ request: TestingV1.EchoRequest, context: ServerContext
  ) async throws -> TestingV1.EchoResponse {
    context.setInitialMetadata(answer(to: context.metadata, prefixed: "initial"))
    context.setTrailingMetadata(answer(to: context.metadata, prefixed: "trailing"))
    beforeAnswer(context)
    return try await answer(request, index: 0)
  }

  /// Joins the texts of all requests.
  public func collect(
    _ requests: RPCStream<TestingV1.EchoRequest>, context: ServerContext
  ) async throws -> TestingV1.EchoResponse {
    var response = TestingV1.EchoResponse()
    for try await request in requests {
      response.text += request.text
      response.payload += request.payload
      response.index += 1
    }
    return response
  }

  /// Answers as many times as asked for.
  public func expand(
    _ request: TestingV1.EchoRequest, responses: RPCWriter<TestingV1.EchoResponse>,
    context: ServerContext
  ) async throws {
    beforeAnswer(context)
    for index in 0..<request.count {
      let answer = try await answer(request, index: index)
      try await responses.write(answer, compressed: beforeEachAnswer(index, context))
    }
  }

  /// Answers each request in turn.
  public func chat(
    _ requests: RPCStream<TestingV1.EchoRequest>, responses: RPCWriter<TestingV1.EchoResponse>,
    context: ServerContext
  ) async throws {
    var index: Int32 = 0
    for try await request in requests {
      let answer = try await answer(request, index: index)
      try await responses.write(answer, compressed: beforeEachAnswer(index, context))
      index += 1
    }
  }

  /// Says who calls.
  public func whoAmI(
    _ request: TestingV1.WhoAmIRequest, context: ServerContext
  ) async throws -> TestingV1.WhoAmIResponse {
    var response = TestingV1.WhoAmIResponse()
    response.spiffeID = context.peer?.spiffeID ?? ""
    response.userID = context.user?.id ?? ""
    response.roles = context.user?.roles ?? []
    return response
  }

  /// Says who calls and for whom.
  public func whoIsTheUser(
    _ request: TestingV1.WhoAmIRequest, context: ServerContext
  ) async throws -> TestingV1.WhoAmIResponse {
    try await whoAmI(request, context: context)
  }

  /// Says who calls and for whom.
  public func whoIsTheAdministrator(
    _ request: TestingV1.WhoAmIRequest, context: ServerContext
  ) async throws -> TestingV1.WhoAmIResponse {
    try await whoAmI(request, context: context)
  }

  private func answer(
    _ request: TestingV1.EchoRequest, index: Int32
  ) async throws -> TestingV1.EchoResponse {
    if request.delayMs > 0 {
      waits.continuation.yield()
      do {
        try await Task.sleep(for: .milliseconds(Int(request.delayMs)))
      } catch {
        cancellations.continuation.yield()
        await afterCancellation()
        throw error
      }
    }
    if let code = StatusCode(rawValue: Int(request.failCode)), code != .ok {
      throw RPCError(
        code, request.failMessage,
        details: [
          .errorInfo(
            reason: "ASKED_FOR", domain: "testing.alphintra", metadata: ["text": request.text])
        ])
    }
    var response = TestingV1.EchoResponse()
    response.text = request.text
    response.payload =
      request.responseSize > 0
      ? [UInt8](repeating: 7, count: Int(request.responseSize)) : request.payload
    response.index = index
    return response
  }

  private func answer(to metadata: Metadata, prefixed prefix: String) -> Metadata {
    var answer = Metadata()
    if let text = metadata["x-echo"] { try? answer.add("x-\(prefix)", text) }
    if let bytes = metadata[bytes: "x-echo-bin"] {
      try? answer.add("x-\(prefix)-bin", bytes: bytes)
    }
    return answer
  }
}
