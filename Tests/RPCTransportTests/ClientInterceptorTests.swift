import RPC
import Synchronization
import TestSupport
import Testing
import TestingContract

/// What stands around a channel does the same to every kind of call, whatever carries it.
@Suite(.timeLimit(.minutes(5))) struct ClientInterceptorTests {
  typealias Request = TestingV1.EchoRequest

  private static func request(_ change: (inout Request) -> Void) -> Request {
    var request = Request()
    change(&request)
    return request
  }

  /// Adds to the metadata under one name, and writes down how calls end.
  private final class Marker: ClientInterceptor {
    let text: String
    let methods: Set<String>?
    let ends = Mutex<[StatusCode]>([])

    init(_ text: String, methods: Set<String>? = nil) {
      self.text = text
      self.methods = methods
    }

    func intercepts(_ method: MethodDescriptor) -> Bool {
      methods?.contains(method.method) ?? true
    }

    func intercept(
      _ head: CallHead, _ next: (CallHead) async throws(RPCError) -> any ClientCall
    ) async throws(RPCError) -> any ClientCall {
      var head = head
      let soFar = head.metadata["x-echo"] ?? ""
      head.metadata.remove("x-echo")
      do { try head.metadata.add("x-echo", soFar + text) } catch {
        throw RPCError(.internal, "the mark is not text", cause: error)
      }
      return try await next(head).whenEnded { failure in
        self.ends.withLock { $0.append(failure?.code ?? .ok) }
      }
    }
  }

  /// Refuses every call before it is made.
  private struct Refusal: ClientInterceptor {
    func intercept(
      _ head: CallHead, _ next: (CallHead) async throws(RPCError) -> any ClientCall
    ) async throws(RPCError) -> any ClientCall {
      throw RPCError(.unavailable, "not from here")
    }
  }

  @Test("a call passes them in their order, and its end is told", arguments: Transport.allCases)
  func order(transport: Transport) async throws {
    let (first, second) = (Marker("a"), Marker("b"))
    let response = ResponseMetadata()
    try await transport.withClient(clientInterceptors: [first, second]) { client in
      _ = try await client.echo(Request(), options: CallOptions(responseMetadata: response))
    }
    #expect(response.initial["x-initial"] == "ab")
    #expect(first.ends.withLock { $0 } == [.ok])
    #expect(second.ends.withLock { $0 } == [.ok])
  }

  @Test("the end of each kind of call is told once", arguments: Transport.allCases)
  func ends(transport: Transport) async throws {
    let marker = Marker("m")
    try await transport.withClient(clientInterceptors: [marker]) { client in
      _ = try await client.echo(Request())
      _ = try await client.collect { requests in try await requests.write(Request()) }
      for try await _ in try await client.expand(Self.request { $0.count = 3 }) {}
      _ = try? await client.echo(Self.request { $0.failCode = 9 })
      // Given up after its first answer.
      let call = try await client.chat()
      try await call.requests.write(Request())
      var responses = call.responses.makeAsyncIterator()
      _ = try await responses.next()
      call.cancel()
      _ = try? await responses.next()
    }
    #expect(
      marker.ends.withLock { $0 } == [.ok, .ok, .ok, .failedPrecondition, .cancelled])
  }

  @Test("one that refuses keeps a call from being made", arguments: Transport.allCases)
  func refusal(transport: Transport) async throws {
    let reached = Mutex(0)
    var service = TestingServiceImplementation()
    service.beforeAnswer = { _ in reached.withLock { $0 += 1 } }
    let marker = Marker("m")
    try await transport.withClient(service, clientInterceptors: [Refusal(), marker]) { client in
      _ = await #expect(throws: RPCError.self) { try await client.echo(Request()) }
    }
    #expect(reached.withLock { $0 } == 0)
    #expect(marker.ends.withLock { $0 }.isEmpty)
  }

  @Test("they stand before the methods that they choose", arguments: Transport.allCases)
  func choice(transport: Transport) async throws {
    let marker = Marker("m", methods: ["Collect"])
    try await transport.withClient(clientInterceptors: [marker]) { client in
      _ = try await client.echo(Request())
      #expect(marker.ends.withLock { $0 }.isEmpty)
      _ = try await client.collect { requests in try await requests.write(Request()) }
    }
    #expect(marker.ends.withLock { $0 } == [.ok])
  }
}
