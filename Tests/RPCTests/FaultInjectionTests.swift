import Protobuf
import RPCInProcess
import Synchronization
import TestSupport
import Testing
import TestingContract

@testable import RPC

/// What goes wrong on purpose does so as often as it is told, and not beyond.
@Suite(.timeLimit(.minutes(5))) struct FaultInjectionTests {
  private struct Everyone: AccessController {
    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? { nil }
  }

  /// Deals percentages in turn.
  private final class Dice: Sendable {
    private let rolls: Mutex<[Double]>
    init(_ rolls: Double...) { self.rolls = Mutex(rolls) }
    @Sendable func roll() -> Double { rolls.withLock { $0.isEmpty ? 99.9 : $0.removeFirst() } }
  }

  private func client(_ faults: FaultInjection...) -> TestingV1.TestingServiceClient {
    let router = RPCRouter(
      services: [TestingServiceImplementation()], accessController: Everyone(), faults: faults)
    return TestingV1.TestingServiceClient(InProcessServer(router).channel())
  }

  private func failure(
    of client: TestingV1.TestingServiceClient, timeout: Duration? = nil
  ) async -> RPCError? {
    do throws(RPCError) {
      _ = try await client.echo(TestingV1.EchoRequest(), options: CallOptions(timeout: timeout))
      return nil
    } catch { return error }
  }

  @Test("so many of a hundred calls fail, with the code and a reason of their own")
  func abort() async {
    let dice = Dice(9.9, 10, 50, 0)
    let client = client(
      FaultInjection(
        FaultPolicy(abort: .resourceExhausted, abortPercentage: 10), percent: dice.roll
      ) { _ in true })
    var outcomes: [StatusCode?] = []
    for _ in 0..<4 {
      let failure = await failure(of: client)
      if let failure { #expect(failure.errorInfo?.reason == FaultInjection.reason) }
      outcomes.append(failure?.code)
    }
    #expect(outcomes == [.resourceExhausted, nil, nil, .resourceExhausted])
  }

  @Test("a call that is held up ends at its deadline and when it is given up")
  func delay() async throws {
    let client = client(
      FaultInjection(FaultPolicy(delay: .seconds(600))) { $0.method == "Echo" })
    #expect(await failure(of: client, timeout: .milliseconds(50))?.code == .deadlineExceeded)
    let call = Task { await failure(of: client) }
    call.cancel()
    #expect(await call.value?.code == .cancelled)
    // Another method.
    let response = try await client.collect { requests in
      try await requests.write(TestingV1.EchoRequest.with { $0.text = "quick" })
    }
    #expect(response.text == "quick")
  }

  @Test("a delay comes before a failure, and lets a call through")
  func delayAndAbort() async {
    let dice = Dice(0, 0, 0, 99)
    let client = client(
      FaultInjection(
        FaultPolicy(
          delay: .milliseconds(1), delayPercentage: 50, abort: .unavailable, abortPercentage: 50),
        percent: dice.roll
      ) { _ in true })
    #expect(await failure(of: client)?.code == .unavailable)
    #expect(await failure(of: client) == nil)
  }

  @Test("no more than so many at once")
  func maximum() async throws {
    let rolled = Mutex(0)
    let fault = FaultInjection(
      FaultPolicy(delay: .seconds(600), maximumActiveFaults: 1),
      percent: {
        rolled.withLock { $0 += 1 }
        return 0
      }, for: { _ in true })
    let client = client(fault)
    let heldUp = Task { await failure(of: client) }
    try await eventually { rolled.withLock { $0 } == 1 }
    // It is counted a moment after the dice: the second call may have to be made again.
    try await eventually { await failure(of: client, timeout: .seconds(1)) == nil }
    heldUp.cancel()
    #expect(await heldUp.value?.code == .cancelled)
  }
}
