import Foundation
import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing
import TestingContract

@testable import Mesh

/// Retries over real connections, as servers see them.
@Suite(.timeLimit(.minutes(5))) struct RetryEndToEndTests {
  private let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  /// What a server saw of a call.
  private struct Seen: Sendable, Hashable {
    var request: String
    var previousAttempts: Int
  }

  /// Fails the first calls as it is told to, and keeps what it saw.
  private final class Flaky: Sendable {
    private let state: Mutex<(failures: [RPCError], seen: [Seen])>

    init(_ failures: [RPCError]) { state = Mutex((failures, [])) }

    var seen: [Seen] { state.withLock(\.seen) }

    func take(_ request: String, _ context: ServerContext) throws(RPCError) {
      let failure = state.withLock { state in
        state.seen.append(Seen(request: request, previousAttempts: context.previousAttempts))
        return state.failures.isEmpty ? nil : state.failures.removeFirst()
      }
      if let failure { throw failure }
    }
  }

  private static let echo = TestingV1.TestingServiceMethods.echo
  /// The contract promises nothing about these; here it does.
  private static let collect = repeatable(TestingV1.TestingServiceMethods.collect)
  private static let expand = repeatable(TestingV1.TestingServiceMethods.expand)
  private static let chat = repeatable(TestingV1.TestingServiceMethods.chat)

  private static func repeatable(_ method: MethodDescriptor) -> MethodDescriptor {
    MethodDescriptor(
      service: method.service, method: method.method, kind: method.kind, idempotency: .idempotent,
      access: method.access)
  }

  private func serve(_ flaky: Flaky, headsFirst: Bool = false) async throws -> RPCServer {
    typealias Request = TestingV1.EchoRequest
    typealias Response = TestingV1.EchoResponse
    var router = RPCRouter(services: [], accessController: AccessGuard(verifier: NoTokens()))
    @Sendable func response(_ text: String) -> Response {
      var response = Response()
      response.text = text
      return response
    }
    router.unary(Self.echo) { (request: Request, context) async throws -> Response in
      try flaky.take(request.text, context)
      return response(request.text)
    }
    router.clientStreaming(Self.collect) {
      (requests: RPCStream<Request>, context) async throws -> Response in
      var text = ""
      for try await request in requests { text += request.text }
      try flaky.take(text, context)
      return response(text)
    }
    router.serverStreaming(Self.expand) {
      (request: Request, responses: RPCWriter<Response>, context) async throws in
      if headsFirst { try await responses.write(response("first")) }
      try flaky.take(request.text, context)
      for index in 0..<request.count { try await responses.write(response("\(index)")) }
    }
    router.bidirectionalStreaming(Self.chat) {
      (requests: RPCStream<Request>, responses: RPCWriter<Response>, context) async throws in
      var isFirst = true
      for try await request in requests {
        if isFirst { try flaky.take(request.text, context) }
        isFirst = false
        try await responses.write(response(request.text))
      }
    }
    let server = try await RPCServer.start(
      router,
      RPCServer.Configuration(tls: mesh.certificates.meshServer("trading"), logger: .quiet))
    try mesh.publish("trading", at: [server.port])
    return server
  }

  private func channel(_ config: ServiceConfig = ServiceConfig()) throws -> MeshChannel {
    try mesh.channel(from: "gateway", to: "trading") { $0.serviceConfig = config }
  }

  private func request(_ text: String, count: Int32 = 0) -> TestingV1.EchoRequest {
    var request = TestingV1.EchoRequest()
    request.text = text
    request.count = count
    return request
  }

  private func echo(
    _ channel: MeshChannel, _ text: String, method: MethodDescriptor = echo
  ) async throws(RPCError) -> String {
    let response: TestingV1.EchoResponse = try await channel.unary(
      method, request(text), options: CallOptions(timeout: .seconds(600)))
    return response.text
  }

  private static let unavailable = RPCError(.unavailable, "not now")

  @Test func callThatMayBeRepeatedIsUntilItSucceeds() async throws {
    let flaky = Flaky([Self.unavailable, Self.unavailable])
    let server = try await serve(flaky)
    #expect(try await echo(channel(), "a") == "a")
    #expect(
      flaky.seen == [
        Seen(request: "a", previousAttempts: 0), Seen(request: "a", previousAttempts: 1),
        Seen(request: "a", previousAttempts: 2),
      ])
    await server.stop(grace: .zero)
  }

  @Test func callThatMayNotBeRepeatedIsSeenOnce() async throws {
    let flaky = Flaky([Self.unavailable])
    let server = try await serve(flaky)
    let once = MethodDescriptor(
      service: Self.echo.service, method: Self.echo.method, kind: .unary, access: Self.echo.access)
    let channel = try channel()
    let error = await #expect(throws: RPCError.self) {
      try await echo(channel, "a", method: once)
    }
    #expect(error?.message == "not now")
    #expect(flaky.seen.count == 1)
    await server.stop(grace: .zero)
  }

  @Test func failureThatIsTheRequestsIsSeenOnce() async throws {
    let flaky = Flaky([RPCError(.invalidArgument, "never")])
    let server = try await serve(flaky)
    let channel = try channel()
    await #expect(throws: RPCError.self) { try await echo(channel, "a") }
    #expect(flaky.seen.count == 1)
    await server.stop(grace: .zero)
  }

  @Test func serverThatAsksForNoRetryGetsNone() async throws {
    let flaky = Flaky([RPCError(.unavailable, "not now", pushback: .never)])
    let server = try await serve(flaky)
    let channel = try channel()
    let error = await #expect(throws: RPCError.self) { try await echo(channel, "a") }
    #expect(error?.pushback == .never)
    #expect(flaky.seen.count == 1)
    await server.stop(grace: .zero)
  }

  /// The policy alone would wait for an hour.
  @Test func serverThatSaysWhenIsHeeded() async throws {
    let flaky = Flaky([RPCError(.unavailable, "not now", pushback: .after(.milliseconds(1)))])
    let server = try await serve(flaky)
    var config = ServiceConfig()
    var method = ServiceConfig.Method()
    var policy = RetryPolicy.standard
    policy.initialBackoff = .seconds(3_600)
    policy.maximumBackoff = .seconds(3_600)
    method.retrying = .policy(policy)
    config.methods[.all] = method
    #expect(try await echo(channel(config), "a") == "a")
    #expect(flaky.seen.count == 2)
    await server.stop(grace: .zero)
  }

  @Test func configurationTurnsRetriesOffAndShortensTime() async throws {
    let flaky = Flaky([Self.unavailable])
    let server = try await serve(flaky)
    var config = ServiceConfig()
    config.methods[.all] = ServiceConfig.Method()
    config.methods[.all]?.retrying = .never
    let off = try channel(config)
    await #expect(throws: RPCError.self) { try await echo(off, "a") }
    #expect(flaky.seen.count == 1)
    config.methods[.service(Self.echo.service)] = ServiceConfig.Method()
    config.methods[.service(Self.echo.service)]?.timeout = .nanoseconds(1)
    let short = try channel(config)
    let error = await #expect(throws: RPCError.self) { try await echo(short, "a") }
    #expect(error?.code == .deadlineExceeded)
    await server.stop(grace: .zero)
  }

  @Test func streamsAreRepeatedUntilTheFirstResponse() async throws {
    let flaky = Flaky([Self.unavailable, Self.unavailable])
    let server = try await serve(flaky)
    let channel = try channel()
    let options = CallOptions(timeout: .seconds(600))
    let collected: TestingV1.EchoResponse = try await channel.clientStreaming(
      Self.collect, options: options
    ) { writer in
      for letter in ["a", "b", "c"] { try await writer.write(request(letter)) }
    }
    #expect(collected.text == "abc")
    #expect(flaky.seen.map(\.request) == ["abc", "abc", "abc"])

    let again = Flaky([Self.unavailable])
    let other = try await serve(again)
    await server.stop(grace: .zero)
    let moved = try self.channel()
    let expanded: RPCStream<TestingV1.EchoResponse> = try await moved.serverStreaming(
      Self.expand, request("x", count: 3), options: options)
    var texts: [String] = []
    for try await response in expanded { texts.append(response.text) }
    #expect(texts == ["0", "1", "2"])
    #expect(again.seen.map(\.previousAttempts) == [0, 1])
    await other.stop(grace: .zero)
  }

  @Test func conversationIsRepeatedFromItsBeginning() async throws {
    let flaky = Flaky([Self.unavailable])
    let server = try await serve(flaky)
    let chat: BidirectionalCall<TestingV1.EchoRequest, TestingV1.EchoResponse> =
      try await channel().bidirectionalStreaming(
        Self.chat, options: CallOptions(timeout: .seconds(600)))
    var responses = chat.responses.makeAsyncIterator()
    for number in 0..<5 { try await chat.requests.write(request("\(number)")) }
    for number in 0..<5 { #expect(try await responses.next()?.text == "\(number)") }
    try await chat.requests.write(request("5"))
    #expect(try await responses.next()?.text == "5")
    chat.requests.finish()
    #expect(try await responses.next() == nil)
    #expect(flaky.seen.map(\.request) == ["0", "0"])
    await server.stop(grace: .zero)
  }

  @Test func streamThatHasAnsweredIsNotRepeated() async throws {
    let flaky = Flaky([Self.unavailable])
    let server = try await serve(flaky, headsFirst: true)
    let stream: RPCStream<TestingV1.EchoResponse> = try await channel().serverStreaming(
      Self.expand, request("x", count: 3), options: CallOptions(timeout: .seconds(600)))
    var iterator = stream.makeAsyncIterator()
    #expect(try await iterator.next()?.text == "first")
    let error = await #expect(throws: RPCError.self) { try await iterator.next() }
    #expect(error?.message == "not now")
    #expect(flaky.seen.count == 1)
    await server.stop(grace: .zero)
  }

  @Test func metadataIsThatOfTheLastAttempt() async throws {
    let flaky = Flaky([RPCError(.unavailable, "not now", metadata: ["x-attempt": "first"])])
    let server = try await serve(flaky)
    let metadata = ResponseMetadata()
    let _: TestingV1.EchoResponse = try await channel().unary(
      Self.echo, request("a"),
      options: CallOptions(timeout: .seconds(600), responseMetadata: metadata))
    #expect(metadata.trailing.isEmpty)
    await server.stop(grace: .zero)
  }

  @Test func callThatWaitsForReadyOutlastsTheAbsenceOfItsServer() async throws {
    let channel = try channel()
    let options = CallOptions(timeout: .seconds(600), waitsForReady: true)
    async let answer: TestingV1.EchoResponse = channel.unary(
      Self.echo, request("a"), options: options)
    // Others fail at once meanwhile.
    let error = await #expect(throws: RPCError.self) { try await echo(channel, "b") }
    #expect(error?.cause is ServiceNotReached)
    let server = try await serve(Flaky([]))
    #expect(try await answer.text == "a")
    await server.stop(grace: .zero)
  }

  @Test func callThatWaitsForReadyWaitsNoLongerThanItsDeadline() async throws {
    let channel = try channel()
    let error = await #expect(throws: RPCError.self) {
      let _: TestingV1.EchoResponse = try await channel.unary(
        Self.echo, request("a"),
        options: CallOptions(timeout: .milliseconds(200), waitsForReady: true))
    }
    #expect(error?.code == .deadlineExceeded)
  }
}
