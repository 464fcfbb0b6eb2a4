import TestSupport
import Testing

@testable import DevPlatform

/// The pure decisions of a rolling update.
@Suite struct RollingUpdateTests {
  private struct World {
    var pods: [RollingUpdate.Pod] = []
    var made = 0

    mutating func apply(_ step: RollingUpdate.Step) {
      switch step {
      case .create:
        made += 1
        pods.append(.init(name: "new-\(made)", isCurrent: true, isReady: false))
      case .end(let name): pods.removeAll { $0.name == name }
      }
    }

    /// Some of those that are not ready become so.
    mutating func ripen(_ generator: inout SeededGenerator) {
      pods = pods.map {
        .init(
          name: $0.name, isCurrent: $0.isCurrent,
          isReady: $0.isReady || Bool.random(using: &generator))
      }
    }

    var ready: Int { pods.count(where: \.isReady) }
  }

  @Test(
    "any update ends, and at no time is less ready or more made than allowed", arguments: 0..<300)
  func limitsHold(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let update = RollingUpdate(
      replicas: Int.random(in: 0...5, using: &generator),
      maxUnavailable: Int.random(in: 0...2, using: &generator),
      maxSurge: Int.random(in: 0...2, using: &generator))
    var world = World()
    world.pods = (0..<Int.random(in: 0...6, using: &generator)).map {
      .init(
        name: "old-\($0)", isCurrent: Bool.random(using: &generator),
        isReady: Bool.random(using: &generator))
    }
    let floor = min(world.ready, update.replicas - update.maxUnavailable)
    let ceiling = max(world.pods.count, update.replicas + update.maxSurge)
    for _ in 0..<200 {
      for step in update.steps(world.pods) { world.apply(step) }
      #expect(world.ready >= floor, "\(update) \(world)")
      #expect(world.pods.count <= ceiling, "\(update) \(world)")
      world.ripen(&generator)
    }
    #expect(world.pods.count == update.replicas, "\(update) \(world)")
    #expect(world.pods.allSatisfy { $0.isCurrent && $0.isReady }, "\(update) \(world)")
    #expect(update.steps(world.pods).isEmpty)
  }

  @Test func sharesAreRoundedAsKubernetesDoes() {
    let share = IntOrString.text("25%")
    #expect(share.count(of: 3, roundingUp: true) == 1)
    #expect(share.count(of: 3, roundingUp: false) == 0)
    #expect(share.count(of: 8, roundingUp: true) == 2)
    #expect(IntOrString.number(2).count(of: 8, roundingUp: false) == 2)
    #expect(IntOrString.text("many").count(of: 8, roundingUp: false) == nil)
  }
}
