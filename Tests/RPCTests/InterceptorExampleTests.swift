import Observability
import RPC
import RPCInProcess
import Synchronization
import TestSupport
import Testing
import TestingContract

/// What the article "Writing an interceptor" shows does what it says.
@Suite(.timeLimit(.minutes(5))) struct InterceptorExampleTests {
  private struct Everyone: AccessController {
    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? { nil }
  }

  @Test func theExamplesWork() async throws {
    let durations = MetricsRegistry().histogram("example_seconds", "An example.", .latency)
    let regions = Mutex<[String?]>([])
    var service = TestingServiceImplementation()
    service.beforeAnswer = { context in
      regions.withLock { $0.append(context.metadata["x-region"]) }
    }
    let router = RPCRouter(
      services: [service], accessController: Everyone(),
      interceptors: [MinimumVersion(minimum: 7, durations: durations), Region(own: "eu")])
    let channel = InProcessServer(router).channel()
    let ends = Mutex<[String]>([])
    func client(_ version: Int) -> TestingV1.TestingServiceClient {
      let label = Version(number: version) { method, code in
        ends.withLock { $0.append("\(method.method) \(code)") }
      }
      return TestingV1.TestingServiceClient(channel.intercepted(by: [label]))
    }
    let request = TestingV1.EchoRequest()
    _ = try await client(7).echo(request)
    _ = try await client(8).echo(request, options: CallOptions(metadata: ["x-region": "us"]))
    let failure = await #expect(throws: RPCError.self) { try await client(6).echo(request) }
    #expect(failure?.code == .failedPrecondition)
    // Streams are not asked for a version.
    for try await _ in try await client(1).expand(request) {}
    #expect(regions.withLock { $0 } == ["eu", "us", "eu"])
    #expect(durations.snapshot.count == 2)
    #expect(
      ends.withLock { $0 } == ["Echo OK", "Echo OK", "Echo FAILED_PRECONDITION", "Expand OK"])
  }
}
