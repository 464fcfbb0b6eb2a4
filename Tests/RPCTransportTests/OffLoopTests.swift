import Dispatch
import RPC
import Synchronization
import TestSupport
import Testing
import TestingContract

/// A handler that holds its thread holds up no connection, if it is told to run elsewhere.
@Suite(.timeLimit(.minutes(5))) struct OffLoopTests {
  typealias Request = TestingV1.EchoRequest

  @Test("blocked handlers do not hold up their loop's neighbours", arguments: Transport.allCases)
  func neighbours(transport: Transport) async throws {
    let pool = BlockingPool(name: "blocked", size: 2)
    let release = DispatchSemaphore(value: 0)
    let blocked = Mutex(0)
    var service = TestingServiceImplementation()
    service.beforeAnswer = { context in
      guard context.metadata["x-echo"] == "block" else { return }
      blocked.withLock { $0 += 1 }
      release.wait()
    }
    let offLoop = OffLoop(pool, for: [TestingV1.TestingServiceMethods.expand])
    try await transport.withClient(service, interceptors: [offLoop]) { client in
      async let answers = withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<3 {
          group.addTask {
            var count = 0
            let request = Self.request { $0.count = 2 }
            let options = CallOptions(metadata: ["x-echo": "block"])
            for try await _ in try await client.expand(request, options: options) { count += 1 }
            return count
          }
        }
        return try await group.reduce(0, +)
      }
      // Two hold both threads, the third waits for one.
      try await eventually { blocked.withLock { $0 } == 2 && pool.waitingJobs == 1 }
      for _ in 0..<20 { _ = try await client.echo(Request()) }
      #expect(blocked.withLock { $0 } == 2)
      for _ in 0..<3 { release.signal() }
      #expect(try await answers == 6)
    }
    #expect(pool.waitingJobs == 0)
  }

  private static func request(_ change: (inout Request) -> Void) -> Request {
    var request = Request()
    change(&request)
    return request
  }

  @Test("what waited in the pool until its deadline does not begin", arguments: Transport.allCases)
  func expired(transport: Transport) async throws {
    let pool = BlockingPool(name: "busy", size: 1)
    let release = DispatchSemaphore(value: 0)
    let begun = Mutex<[String]>([])
    var service = TestingServiceImplementation()
    service.beforeAnswer = { context in
      let name = context.metadata["x-echo"] ?? ""
      begun.withLock { $0.append(name) }
      if name == "block" { release.wait() }
    }
    let offLoop = OffLoop(pool, for: [TestingV1.TestingServiceMethods.echo])
    try await transport.withClient(service, interceptors: [offLoop]) { client in
      async let first = client.echo(
        Request(), options: CallOptions(metadata: ["x-echo": "block"]))
      try await eventually { begun.withLock { $0 } == ["block"] }
      let late = await #expect(throws: RPCError.self) {
        try await client.echo(
          Request(), options: CallOptions(timeout: .milliseconds(50), metadata: ["x-echo": "late"]))
      }
      #expect(late?.code == .deadlineExceeded)
      // The server counts from the request's arrival: its deadline passes a little later than the caller's.
      try await Task.sleep(for: .seconds(1))
      release.signal()
      _ = try await first
      _ = try await client.echo(Request(), options: CallOptions(metadata: ["x-echo": "last"]))
    }
    #expect(begun.withLock { $0 } == ["block", "last"])
  }
}
