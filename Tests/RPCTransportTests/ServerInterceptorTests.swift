import RPC
import Synchronization
import TestSupport
import Testing
import TestingContract

/// What stands around handlers does the same to every kind of call, whatever carries it.
@Suite(.timeLimit(.minutes(5))) struct ServerInterceptorTests {
  typealias Request = TestingV1.EchoRequest

  private static func request(_ change: (inout Request) -> Void) -> Request {
    var request = Request()
    change(&request)
    return request
  }

  /// Writes down what passes it.
  private struct Recorder: ServerInterceptor {
    let name: String
    let lines: Lines
    var methods: Set<String>?

    func intercepts(_ method: MethodDescriptor) -> Bool {
      methods?.contains(method.method) ?? true
    }

    func intercept<Answer: Sendable>(
      _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
    ) async throws -> Answer {
      lines.add("\(name) begins \(context.method.method) for \(context.peer?.service ?? "nobody")")
      do {
        let answer = try await next(context)
        lines.add("\(name) ends")
        return answer
      } catch {
        lines.add("\(name) ends with \(RPCError(reporting: error).code)")
        throw error
      }
    }
  }

  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  /// Refuses every call.
  private struct Refusal: ServerInterceptor {
    func intercept<Answer: Sendable>(
      _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
    ) async throws -> Answer {
      throw RPCError(
        .failedPrecondition, "closed today",
        details: [.errorInfo(reason: "CLOSED", domain: "test", metadata: [:])],
        metadata: ["x-opens": "tomorrow"])
    }
  }

  /// Puts another `x-echo` in the place of the one that came.
  private struct Replacement: ServerInterceptor {
    let value: String

    func intercept<Answer: Sendable>(
      _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
    ) async throws -> Answer {
      var metadata = context.metadata
      metadata.remove("x-echo")
      try metadata.add("x-echo", value)
      return try await next(context.replacingMetadata(metadata))
    }
  }

  /// Makes every kind of call once, and returns how each failed.
  private static func failures(
    of client: TestingV1.TestingServiceClient
  ) async -> [CallKind: RPCError] {
    var failures: [CallKind: RPCError] = [:]
    do throws(RPCError) { _ = try await client.echo(Request()) } catch { failures[.unary] = error }
    do throws(RPCError) {
      _ = try await client.collect { requests in try await requests.write(Request()) }
    } catch { failures[.clientStreaming] = error }
    do throws(RPCError) {
      for try await _ in try await client.expand(Self.request { $0.count = 2 }) {}
    } catch { failures[.serverStreaming] = error }
    do throws(RPCError) {
      let call = try await client.chat()
      call.requests.finish()
      for try await _ in call.responses {}
    } catch { failures[.bidirectionalStreaming] = error }
    return failures
  }

  @Test("a call passes them in their order, and comes back", arguments: Transport.allCases)
  func order(transport: Transport) async throws {
    let lines = Lines()
    var service = TestingServiceImplementation()
    service.beforeAnswer = { _ in lines.add("handler") }
    try await transport.withClient(
      service,
      interceptors: [Recorder(name: "outer", lines: lines), Recorder(name: "inner", lines: lines)]
    ) { client in
      _ = try await client.echo(Request())
    }
    // Without a certificate there is no caller.
    let caller = transport == .plaintext ? "nobody" : "gateway"
    #expect(
      lines.all == [
        "outer begins Echo for \(caller)", "inner begins Echo for \(caller)", "handler",
        "inner ends", "outer ends",
      ])
  }

  @Test("each kind of call passes, and its failure comes by", arguments: Transport.allCases)
  func kinds(transport: Transport) async throws {
    let lines = Lines()
    let failures = try await transport.withClient(
      interceptors: [Recorder(name: "all", lines: lines)]
    ) { client in
      let failures = await Self.failures(of: client)
      do throws(RPCError) {
        _ = try await client.echo(Self.request { $0.failCode = 9 })
        Issue.record("the handler was to fail")
      } catch { #expect(error.code == .failedPrecondition) }
      return failures
    }
    #expect(failures.isEmpty)
    #expect(lines.all.count { $0.contains("begins") } == 5)
    #expect(lines.all.count { $0 == "all ends" } == 4)
    #expect(lines.all.last == "all ends with FAILED_PRECONDITION")
  }

  @Test("one that refuses keeps calls from their handlers", arguments: Transport.allCases)
  func refusal(transport: Transport) async throws {
    let lines = Lines()
    var service = TestingServiceImplementation()
    service.beforeAnswer = { _ in lines.add("handler") }
    let failures = try await transport.withClient(
      service, interceptors: [Refusal(), Recorder(name: "behind", lines: lines)]
    ) { await Self.failures(of: $0) }
    #expect(failures.count == 4)
    for (kind, failure) in failures {
      #expect(failure.code == .failedPrecondition, "\(kind)")
      #expect(failure.errorInfo?.reason == "CLOSED", "\(kind)")
      #expect(failure.metadata["x-opens"] == "tomorrow", "\(kind)")
    }
    #expect(lines.all.isEmpty)
  }

  @Test("a handler sees the metadata that it is handed", arguments: Transport.allCases)
  func metadata(transport: Transport) async throws {
    let seen = Mutex<[String?]>([])
    var service = TestingServiceImplementation()
    service.beforeAnswer = { context in
      let inherited = ServerContext.current?.metadata["x-echo"]
      seen.withLock { $0 += [context.metadata["x-echo"], inherited] }
    }
    let response = ResponseMetadata()
    try await transport.withClient(
      service, interceptors: [Replacement(value: "first"), Replacement(value: "second")]
    ) { client in
      var options = CallOptions(metadata: ["x-echo": "sent"])
      for try await _ in try await client.expand(Request(), options: options) {}
      options.responseMetadata = response
      _ = try await client.echo(Request(), options: options)
    }
    #expect(seen.withLock { $0 } == ["second", "second", "second", "second"])
    #expect(response.initial["x-initial"] == "second")
  }

  @Test("they stand before the methods that they choose", arguments: Transport.allCases)
  func choice(transport: Transport) async throws {
    let lines = Lines()
    let failures = try await transport.withClient(
      interceptors: [Recorder(name: "some", lines: lines, methods: ["Collect"])]
    ) { await Self.failures(of: $0) }
    #expect(failures.isEmpty)
    #expect(lines.all.count == 2)
    #expect(lines.all.first?.hasPrefix("some begins Collect") == true)
  }
}
