import RPC
import RPCTransport
import Testing

@testable import Mesh

/// What the ends of calls say about replicas.
@Suite struct CallOutcomesTests {
  @Test(arguments: StatusCode.allCases)
  func verdicts(code: StatusCode) {
    let failure = code == .ok ? nil : RPCError(code, "no")
    let unary = CallOutcomes.verdict(.unary, failure)
    switch code {
    case .unavailable, .deadlineExceeded: #expect(unary == .outage)
    case .unknown, .internal, .dataLoss: #expect(unary == .failure)
    case .cancelled, .resourceExhausted: #expect(unary == .none)
    default: #expect(unary == .success)
    }
    // A stream that its deadline ends may have served all the time.
    let stream = CallOutcomes.verdict(.serverStreaming, failure)
    #expect(stream == (code == .deadlineExceeded ? .none : unary))
  }

  @Test("a server that says when to come again, or has not looked at the call, is none that fails")
  func busyServer() {
    let shed = RPCError(.unavailable, "busy", pushback: .after(.seconds(1)))
    #expect(CallOutcomes.verdict(.unary, shed) == .none)
    for wasSent in [false, true] {
      let refused = RPCError(.unavailable, "no", cause: CallNotProcessed(wasSent: wasSent))
      #expect(CallOutcomes.verdict(.unary, refused) == .none)
    }
  }

  @Test func rowsAndTallies() {
    let outcomes = CallOutcomes()
    #expect((1...3).map { _ in outcomes.count(.outage) } == [1, 2, 3])
    #expect(outcomes.count(.none) == 0)
    #expect(outcomes.consecutiveFailures == 3)
    // An answer that fails is an answer.
    #expect(outcomes.count(.failure) == 0)
    #expect(outcomes.consecutiveFailures == 0)
    #expect(outcomes.count(.outage) == 1)
    #expect(outcomes.count(.success) == 0)
    #expect(outcomes.consecutiveFailures == 0)
    #expect(outcomes.take() == (1, 5))
    #expect(outcomes.take() == (0, 0))
  }

  @Test func nothingIsLostBetweenThreads() async {
    let subchannel = Subchannel(ServiceAddress(host: "h", port: 1))
    await withTaskGroup(of: (Int, Int).self) { group in
      for _ in 0..<4 {
        group.addTask {
          var taken = (0, 0)
          for number in 0..<5_000 {
            _ = subchannel.outcomes.count(number.isMultiple(of: 2) ? .success : .outage)
            if number.isMultiple(of: 100) {
              let some = subchannel.outcomes.take()
              taken = (taken.0 + some.successes, taken.1 + some.failures)
            }
          }
          return taken
        }
      }
      let rest = await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
      let last = subchannel.outcomes.take()
      #expect(rest.0 + last.successes == 10_000 && rest.1 + last.failures == 10_000)
    }
  }

  @Test("a row that is long enough makes somebody look, and again after as many more")
  func watch() {
    let start = ContinuousClock.now
    let due = DueTime(at: start)
    let subchannel = Subchannel(
      ServiceAddress(host: "h", port: 1), outliers: OutlierWatch(.standard, due))
    due.set(start + .seconds(3_600))
    var urgent: [Int] = []
    for number in 1...11 {
      subchannel.callBegan(.unary)
      subchannel.callEnded(
        .unary, RPCError(.unavailable, "no"), isServers: true, after: .zero, at: start)
      guard due.hasCome(at: start) else { continue }
      #expect(due.takeUrgency())
      due.set(start + .seconds(3_600))
      urgent.append(number)
    }
    #expect(urgent == [5, 10])
    #expect(!due.takeUrgency())
  }

  @Test("what becomes urgent is not pushed back by a time that was found before")
  func urgency() {
    let start = ContinuousClock.now
    let due = DueTime(at: start)
    #expect(due.hasCome(at: start))
    due.set(start + .seconds(1))
    #expect(!due.hasCome(at: start + .milliseconds(999)))
    #expect(due.hasCome(at: start + .milliseconds(1_001)))
    due.makeUrgent()
    due.set(start + .seconds(1))
    #expect(due.hasCome(at: start))
    #expect(due.takeUrgency() && !due.takeUrgency())
    due.set(nil)
    #expect(!due.hasCome(at: start + .seconds(1_000_000)))
  }
}
