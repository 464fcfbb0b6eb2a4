import Testing

@testable import RPC

/// At twice the load that it can do, a server does what it can: goodput stays, nothing is begun too late,
/// and what is given up is what is least critical.
@Suite(.timeLimit(.minutes(5))) struct OverloadTests {
  @Test("without a limit goodput falls, so that these tests can fail")
  func collapse() async {
    let result = await OverloadSimulation(hasGate: false).run()
    #expect(result.goodput < 0.5, "\(result.goodput)")
  }

  @Test(
    "goodput is at least nine tenths of the peak",
    arguments: [
      // As many as can work at once, about what is needed, and far too many.
      (limit: 8, deadline: 500), (32, 500), (1_024, 500),
      // Hardly longer than it takes, and much longer.
      (8, 50), (16, 100), (1_024, 5_000),
    ])
  func goodput(limit: Int, deadline: Int) async {
    var simulation = OverloadSimulation()
    simulation.limits.calls = limit
    simulation.deadline = .milliseconds(deadline)
    for factor in [2.0, 6] {
      simulation.loads = [.init(criticality: .critical, factor: factor)]
      let result = await simulation.run()
      #expect(result.goodput >= 0.9, "\(factor): \(result.goodput)")
      #expect(result.outcomes.values.allSatisfy { $0.startedLate == 0 })
      #expect(result.outcomes.values.allSatisfy { $0.refused + $0.expired > 0 })
    }
  }

  @Test("what a server can do, it does: nothing is refused")
  func withinCapacity() async {
    var simulation = OverloadSimulation()
    simulation.limits.calls = 8
    simulation.loads = [.init(criticality: .sheddable, factor: 0.9)]
    let result = await simulation.run()
    for (_, outcome) in result.outcomes {
      #expect(outcome.refused == 0)
      #expect(outcome.answered == outcome.calls)
    }
  }

  @Test("critical calls are served while sheddable ones are refused", arguments: [8, 64, 1_024])
  func criticality(limit: Int) async throws {
    var simulation = OverloadSimulation()
    simulation.limits.calls = limit
    simulation.warmUp = .seconds(2)
    simulation.loads = [
      .init(criticality: .criticalPlus, factor: 0.2), .init(criticality: .critical, factor: 0.5),
      .init(criticality: .sheddablePlus, factor: 0.5), .init(criticality: .sheddable, factor: 0.8),
    ]
    let result = await simulation.run()
    #expect(result.goodput >= 0.9)
    func share(_ criticality: Criticality) throws -> Double {
      let outcome = try #require(result.outcomes[criticality])
      return Double(outcome.answered) / Double(outcome.calls)
    }
    #expect(try share(.criticalPlus) >= 0.99)
    #expect(try share(.critical) >= 0.95)
    #expect(try share(.sheddable) < share(.sheddablePlus))
    #expect(try share(.sheddable) < 0.3)
    #expect(result.outcomes.values.allSatisfy { $0.startedLate == 0 })
  }

  @Test("who is refused learns it soon")
  func refusalIsQuick() async {
    var simulation = OverloadSimulation()
    simulation.deadline = .seconds(5)
    simulation.limits.calls = 8
    let result = await simulation.run()
    // The longest wait, and the time until somebody leaves.
    #expect(result.longestRefusal <= .milliseconds(150))
  }
}
