import Protobuf
import RPC
import RPCInProcess
import Synchronization
import Testing
import TestingContract

/// What stands between a call and its handler.
@Suite(.timeLimit(.minutes(5))) struct RouterTests {
  typealias Request = TestingV1.EchoRequest
  typealias Response = TestingV1.EchoResponse

  /// Says what it is told to say, and counts how often it was asked.
  private final class Controller: AccessController {
    let now: Result<AccessGrant?, RPCError>
    let later: Result<UserIdentity?, RPCError>
    let timesWaited = Mutex(0)

    init(
      now: Result<AccessGrant?, RPCError>,
      later: Result<UserIdentity?, RPCError> = .failure(RPCError(.internal, "not to be asked"))
    ) {
      self.now = now
      self.later = later
    }

    func authorizeNow(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) throws(RPCError) -> AccessGrant? {
      try self.now.get()
    }

    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? {
      self.timesWaited.withLock { $0 += 1 }
      return try self.later.get()
    }
  }

  private static let user = UserIdentity(id: "u1", roles: [], expiresAt: 0, token: "")

  private static func method(_ kind: CallKind) -> MethodDescriptor {
    MethodDescriptor(
      service: "test.Service", method: "\(kind)", kind: kind,
      access: AccessRule(callers: .anyone, user: .none))
  }

  private static func server(
    _ controller: Controller = Controller(now: .success(AccessGrant(user: nil))),
    _ register: (inout RPCRouter) -> Void
  ) -> InProcessChannel {
    var router = RPCRouter(services: [], accessController: controller)
    register(&router)
    return InProcessServer(router).channel()
  }

  private static func failure(
    _ body: () async throws(RPCError) -> some Sendable
  ) async -> RPCError? {
    do throws(RPCError) {
      _ = try await body()
      return nil
    } catch {
      return error
    }
  }

  /// An error that looks as the call at hand wants it.
  private struct Failure: RPCErrorConvertible {
    var rpcError: RPCError { RPCError(.aborted, ServerContext.current?.method.path ?? "no call") }
  }

  @Test("what a handler throws is told within its call")
  func failuresOfHandlers() async {
    let (unary, bidirectional) = (Self.method(.unary), Self.method(.bidirectionalStreaming))
    let channel = Self.server { router in
      router.unary(unary) { (_: Request, _) -> Response in throw Failure() }
      router.bidirectionalStreaming(bidirectional) {
        (_: RPCStream<Request>, _: RPCWriter<Response>, _) in throw Failure()
      }
    }
    let one = await Self.failure { () async throws(RPCError) -> Response in
      try await channel.unary(unary, Request())
    }
    #expect(one?.message == unary.path)
    let stream = await Self.failure { () async throws(RPCError) -> Response? in
      let call: BidirectionalCall<Request, Response> = try await channel.bidirectionalStreaming(
        bidirectional)
      var responses = call.responses.makeAsyncIterator()
      return try await responses.next()
    }
    #expect(stream?.message == bidirectional.path)
  }

  @Test("a refused call does not reach its handler", arguments: [true, false])
  func refusal(atOnce: Bool) async {
    let refusal = RPCError(.permissionDenied, "not you")
    let controller =
      atOnce
      ? Controller(now: .failure(refusal))
      : Controller(now: .success(nil), later: .failure(refusal))
    let wasCalled = Mutex(false)
    let reached: @Sendable () -> Void = { wasCalled.withLock { $0 = true } }
    let channel = Self.server(controller) { router in
      router.unary(Self.method(.unary)) { (_: Request, _) -> Response in
        reached()
        return Response()
      }
      router.bidirectionalStreaming(Self.method(.bidirectionalStreaming)) {
        (_: RPCStream<Request>, _: RPCWriter<Response>, _) in reached()
      }
    }
    let unary = await Self.failure { () async throws(RPCError) -> Response in
      try await channel.unary(Self.method(.unary), Request())
    }
    #expect(unary?.code == .permissionDenied)
    let stream = await Self.failure { () async throws(RPCError) -> Response? in
      let call: BidirectionalCall<Request, Response> = try await channel.bidirectionalStreaming(
        Self.method(.bidirectionalStreaming))
      var responses = call.responses.makeAsyncIterator()
      return try await responses.next()
    }
    #expect(stream?.code == .permissionDenied)
    #expect(!wasCalled.withLock { $0 })
  }

  @Test("who can be judged at once is not waited for", arguments: [true, false])
  func admission(atOnce: Bool) async throws {
    let controller =
      atOnce
      ? Controller(now: .success(AccessGrant(user: Self.user)))
      : Controller(now: .success(nil), later: .success(Self.user))
    let channel = Self.server(controller) { router in
      router.unary(Self.method(.unary)) { (_: Request, context) -> Response in
        var response = Response()
        response.text = try context.userID
        #expect(ServerContext.current?.user == context.user)
        return response
      }
    }
    let response: Response = try await channel.unary(Self.method(.unary), Request())
    #expect(response.text == "u1")
    #expect(controller.timesWaited.withLock { $0 } == (atOnce ? 0 : 1))
  }

  @Test func aHandlerThatNeedsAUserSaysSo() async {
    let channel = Self.server { router in
      router.unary(Self.method(.unary)) { (_: Request, context) -> Response in
        _ = try context.userID
        return Response()
      }
    }
    let error = await Self.failure { () async throws(RPCError) -> Response in
      try await channel.unary(Self.method(.unary), Request())
    }
    #expect(error?.code == .unauthenticated)
  }

  @Test func aFailureKeepsItsSecrets() async {
    struct Secret: Error {}
    let channel = Self.server { router in
      router.unary(Self.method(.unary)) { (_: Request, _) -> Response in
        throw RPCError(.aborted, "again", metadata: ["x": "1"], cause: Secret())
      }
    }
    let error = await Self.failure { () async throws(RPCError) -> Response in
      try await channel.unary(Self.method(.unary), Request())
    }
    #expect(error?.code == .aborted)
    #expect(error?.metadata["x"] == "1")
    #expect(error?.cause == nil)
  }

  @Test func anUnknownMethodIsUnimplemented() async {
    let channel = Self.server { _ in }
    let error = await Self.failure { () async throws(RPCError) -> Response in
      try await channel.unary(Self.method(.unary), Request())
    }
    #expect(error?.code == .unimplemented)
  }

  @Test("a server's answer that is not one message is the server's fault")
  func responseCardinality() async {
    let channel = Self.server { router in
      router.bidirectionalStreaming(Self.method(.clientStreaming)) {
        (requests: RPCStream<Request>, responses: RPCWriter<Response>, _) in
        for try await request in requests {
          for _ in 0..<request.count { try await responses.write(Response()) }
        }
      }
    }
    for count in [0, 2] as [Int32] {
      let error = await Self.failure { () async throws(RPCError) -> Response in
        try await channel.clientStreaming(Self.method(.clientStreaming)) {
          (requests: RPCWriter<Request>) in
          try await requests.write(Request.with { $0.count = count })
        }
      }
      #expect(error?.code == .unimplemented, "\(count) responses")
    }
  }

  @Test("a request stream may be cut short by the answer")
  func earlyAnswer() async throws {
    let channel = Self.server { router in
      router.clientStreaming(Self.method(.clientStreaming)) {
        (requests: RPCStream<Request>, _) -> Response in
        var iterator = requests.makeAsyncIterator()
        let first = try await iterator.next()
        return Response.with { $0.text = first?.text ?? "" }
      }
    }
    let response: Response = try await channel.clientStreaming(Self.method(.clientStreaming)) {
      (requests: RPCWriter<Request>) in
      while true { try await requests.write(Request.with { $0.text = "first" }) }
    }
    #expect(response.text == "first")
  }

  @Test func whatWritingTheRequestsThrowsIsTheFailure() async {
    let channel = Self.server { router in
      router.clientStreaming(Self.method(.clientStreaming)) {
        (requests: RPCStream<Request>, _) -> Response in
        for try await _ in requests {}
        return Response()
      }
    }
    let error = await Self.failure { () async throws(RPCError) -> Response in
      try await channel.clientStreaming(Self.method(.clientStreaming)) {
        (_: RPCWriter<Request>) in
        throw RPCError(.dataLoss, "the file is broken")
      }
    }
    #expect(error?.code == .dataLoss)
  }

  @Test("dropping a call cancels it")
  func abandonment() async throws {
    let cancelled = AsyncStream.makeStream(of: Void.self)
    let channel = Self.server { router in
      router.bidirectionalStreaming(Self.method(.bidirectionalStreaming)) {
        (requests: RPCStream<Request>, _: RPCWriter<Response>, _) in
        do {
          for try await _ in requests {}
        } catch {
          #expect((error as? RPCError)?.code == .cancelled)
          cancelled.continuation.yield()
        }
      }
    }
    do {
      let call: BidirectionalCall<Request, Response> = try await channel.bidirectionalStreaming(
        Self.method(.bidirectionalStreaming))
      try await call.requests.write(Request())
    }
    for await _ in cancelled.stream { break }
  }

  @Test func stoppingWaitsForCallsAndRefusesNewOnes() async throws {
    let started = AsyncStream.makeStream(of: Void.self)
    let release = AsyncStream.makeStream(of: Void.self)
    var router = RPCRouter(
      services: [], accessController: Controller(now: .success(AccessGrant(user: nil))))
    router.unary(Self.method(.unary)) { (_: Request, _) -> Response in
      started.continuation.yield()
      for await _ in release.stream { break }
      return Response.with { $0.text = "done" }
    }
    let server = InProcessServer(router)
    let channel = server.channel()
    async let response: Response = channel.unary(Self.method(.unary), Request())
    for await _ in started.stream { break }
    async let stopped: Void = server.stop(grace: .seconds(30))
    while !server.isStopping { await Task.yield() }
    let refused = await Self.failure { () async throws(RPCError) -> Response in
      try await channel.unary(Self.method(.unary), Request())
    }
    #expect(refused?.code == .unavailable)
    release.continuation.yield()
    #expect(try await response.text == "done")
    await stopped
    #expect(server.callCount == 0)
  }

  @Test func theGraceEndsCallsThatDoNot() async {
    let started = AsyncStream.makeStream(of: Void.self)
    var router = RPCRouter(
      services: [], accessController: Controller(now: .success(AccessGrant(user: nil))))
    router.unary(Self.method(.unary)) { (_: Request, _) -> Response in
      started.continuation.yield()
      try await Task.sleep(for: .seconds(600))
      return Response()
    }
    let server = InProcessServer(router)
    let channel = server.channel()
    async let failure = Self.failure { () async throws(RPCError) -> Response in
      try await channel.unary(Self.method(.unary), Request())
    }
    for await _ in started.stream { break }
    await server.stop(grace: .milliseconds(10))
    #expect(await failure?.code == .unavailable)
  }
}
