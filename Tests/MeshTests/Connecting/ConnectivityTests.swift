import Testing

@testable import Mesh

/// Connecting, on a clock of the test's.
@Suite struct ConnectivityTests {
  private final class Connection {}
  private struct Failure: Error {}

  /// What is tested, as an object: an expectation cannot change a value.
  private final class Service {
    private var base: Connectivity<Connection>

    init(_ base: Connectivity<Connection>) { self.base = base }

    var ready: [(subchannel: Subchannel, connection: Connection)] { base.ready }
    var nextDue: ContinuousClock.Instant? { base.nextDue }

    func isFailing(at now: ContinuousClock.Instant) -> Bool {
      if case .failing = base.status(at: now) { true } else { false }
    }
    func takeWork(at now: ContinuousClock.Instant) -> Connectivity<Connection>.Work {
      base.takeWork(at: now)
    }
    func resolved(
      _ addresses: [ServiceAddress], at now: ContinuousClock.Instant, jitter: Double
    ) -> [Connection] {
      base.resolved(addresses, at: now, jitter: jitter)
    }
    func resolutionFailed(at now: ContinuousClock.Instant, jitter: Double) {
      base.resolutionFailed(Failure(), at: now, jitter: jitter)
    }
    func connected(_ subchannel: Subchannel, _ connection: Connection) -> Bool {
      base.connected(subchannel, connection)
    }
    func connectingFailed(
      _ subchannel: Subchannel, at now: ContinuousClock.Instant, jitter: Double
    ) {
      base.connectingFailed(subchannel, Failure(), at: now, jitter: jitter)
    }
    func lost(_ connection: Connection, at now: ContinuousClock.Instant) -> Bool {
      base.lost(connection, Failure(), at: now)
    }
    func close() -> [Connection] { base.close() }
  }

  private let origin = ContinuousClock.now
  private let a = ServiceAddress(host: "a", port: 1)
  private let b = ServiceAddress(host: "b", port: 1)
  private let c = ServiceAddress(host: "c", port: 1)

  private func service(
    _ policy: BalancingPolicy = .powerOfTwoChoices, resolution: Duration? = .seconds(10)
  ) -> Service {
    Service(
      Connectivity(
        policy,
        .init(
          minimumBackoff: .milliseconds(100), maximumBackoff: .seconds(2), resolution: resolution),
        at: origin))
  }

  private func time(_ milliseconds: Int) -> ContinuousClock.Instant {
    origin + .milliseconds(milliseconds)
  }

  /// Takes the work that is due, and resolves at once if that is part of it.
  private func connects(
    _ service: Service, at milliseconds: Int, resolving addresses: [ServiceAddress]
  ) -> [Subchannel] {
    let work = service.takeWork(at: time(milliseconds))
    guard work.resolves else { return work.connects }
    _ = service.resolved(addresses, at: time(milliseconds), jitter: 0.5)
    return work.connects + service.takeWork(at: time(milliseconds)).connects
  }

  @Test func firstCallResolvesThenConnectsToAll() {
    let service = service()
    #expect(!service.isFailing(at: time(0)))
    let work = service.takeWork(at: origin)
    #expect(work.resolves && work.connects.isEmpty)
    // Under way: nothing is asked for twice.
    #expect(!service.takeWork(at: time(5)).resolves)
    #expect(service.nextDue == nil)
    _ = service.resolved([a, b], at: time(10), jitter: 0.5)
    let connects = service.takeWork(at: time(10)).connects
    #expect(connects.map(\.address) == [a, b])
    #expect(service.takeWork(at: time(11)).connects.isEmpty)
    #expect(!service.isFailing(at: time(11)))
    let connection = Connection()
    #expect(service.connected(connects[1], connection))
    #expect(service.ready.map(\.subchannel.address) == [b])
  }

  @Test func onlyOneIsConnectedToWhereTheFirstIsPicked() {
    let service = service(.pickFirst)
    var connects = connects(service, at: 0, resolving: [a, b, c])
    #expect(connects.map(\.address) == [a])
    service.connectingFailed(connects[0], at: time(50), jitter: 1)
    connects = self.connects(service, at: 50, resolving: [a, b, c])
    #expect(connects.map(\.address) == [b])
    #expect(service.connected(connects[0], Connection()))
    #expect(self.connects(service, at: 5_000, resolving: [a, b, c]).isEmpty)
    // When it is lost, the first is the first again.
    #expect(service.lost(service.ready[0].connection, at: time(6_000)))
    #expect(self.connects(service, at: 6_000, resolving: [a, b, c]).map(\.address) == [a])
  }

  @Test func waitsDoubleUpToTheLongestAndVary() {
    let service = service(resolution: nil)
    let subchannel = connects(service, at: 0, resolving: [a])[0]
    var now = 0
    for wait in [100, 200, 400, 800, 1_600, 2_000, 2_000] {
      service.connectingFailed(subchannel, at: time(now), jitter: 1)
      #expect(service.nextDue == time(now + wait))
      #expect(service.isFailing(at: time(now)))
      #expect(service.takeWork(at: time(now + wait - 1)).connects.isEmpty)
      now += wait
      #expect(!service.isFailing(at: time(now)))
      #expect(service.takeWork(at: time(now)).connects.map(\.address) == [a])
      #expect(!service.isFailing(at: time(now + 1)))
    }
    service.connectingFailed(subchannel, at: time(now), jitter: 0)
    #expect(service.nextDue == time(now + 1_000))
    #expect(service.takeWork(at: time(now + 1_000)).connects.count == 1)
    // A success makes the next wait the shortest again.
    let connection = Connection()
    #expect(service.connected(subchannel, connection))
    #expect(service.lost(connection, at: time(now + 5_000)))
    #expect(service.takeWork(at: time(now + 5_000)).connects.count == 1)
    service.connectingFailed(subchannel, at: time(now + 5_000), jitter: 1)
    #expect(service.nextDue == time(now + 5_100))
  }

  @Test func everyAddressWaitsForItself() {
    let service = service(resolution: nil)
    let both = connects(service, at: 0, resolving: [a, b])
    #expect(service.connected(both[0], Connection()))
    service.connectingFailed(both[1], at: time(0), jitter: 1)
    #expect(service.ready.map(\.subchannel.address) == [a])
    #expect(service.takeWork(at: time(99)).connects.isEmpty)
    #expect(service.takeWork(at: time(100)).connects.map(\.address) == [b])
  }

  @Test func lostConnectionIsReplacedByTheNextCallAndNotInALoop() {
    let service = service(resolution: nil)
    let subchannel = connects(service, at: 0, resolving: [a])[0]
    var connection = Connection()
    #expect(service.connected(subchannel, connection))
    // Made a moment ago: not at once, and yet nobody is told to go away.
    #expect(service.lost(connection, at: time(10)))
    #expect(!service.lost(connection, at: time(11)))
    #expect(service.takeWork(at: time(99)).connects.isEmpty)
    #expect(!service.isFailing(at: time(11)))
    #expect(service.nextDue == time(100))
    #expect(service.takeWork(at: time(100)).connects.count == 1)
    connection = Connection()
    #expect(service.connected(subchannel, connection))
    #expect(service.lost(connection, at: time(10_000)))
    #expect(service.takeWork(at: time(10_000)).connects.count == 1)
  }

  @Test func resolverIsAskedAtItsIntervalMoreOrLess() {
    for (jitter, wait) in [(0.0, 8_000), (0.5, 10_000), (1.0, 12_000)] {
      let service = service()
      #expect(service.takeWork(at: origin).resolves)
      _ = service.resolved([a], at: origin, jitter: jitter)
      let connects = service.takeWork(at: origin).connects
      #expect(service.connected(connects[0], Connection()))
      #expect(!service.takeWork(at: time(wait - 1)).resolves)
      #expect(service.takeWork(at: time(wait + 1)).resolves)
    }
  }

  @Test func resolverIsAskedWhenAnAddressFailsOrIsLostUnlessItNeverChanges() {
    for resolution in [nil, Duration.seconds(10)] {
      let service = service(resolution: resolution)
      let both = connects(service, at: 0, resolving: [a, b])
      service.connectingFailed(both[0], at: time(5), jitter: 1)
      #expect(service.takeWork(at: time(5)).resolves == (resolution != nil))
      if resolution != nil { _ = service.resolved([a, b], at: time(5), jitter: 1) }
      let connection = Connection()
      #expect(service.connected(both[1], connection))
      #expect(!service.takeWork(at: time(6)).resolves)
      #expect(service.lost(connection, at: time(500)))
      #expect(service.takeWork(at: time(500)).resolves == (resolution != nil))
    }
  }

  @Test func resolverThatFailsIsAskedAtGrowingIntervalsAndWhatIsKnownStays() {
    let service = service()
    #expect(service.takeWork(at: origin).resolves)
    service.resolutionFailed(at: origin, jitter: 1)
    // Nothing is known: a call is told so.
    #expect(service.isFailing(at: time(1)))
    #expect(!service.takeWork(at: time(99)).resolves)
    #expect(service.takeWork(at: time(100)).resolves)
    #expect(!service.isFailing(at: time(101)))
    _ = service.resolved([a], at: time(100), jitter: 0.5)
    let subchannel = service.takeWork(at: time(100)).connects[0]
    let connection = Connection()
    #expect(service.connected(subchannel, connection))
    #expect(service.takeWork(at: time(11_000)).resolves)
    service.resolutionFailed(at: time(11_000), jitter: 1)
    #expect(service.ready.map(\.subchannel.address) == [a])
    // A lost connection does not hurry a resolver that is down.
    #expect(service.lost(connection, at: time(11_010)))
    let work = service.takeWork(at: time(11_010))
    #expect(!work.resolves && work.connects.map(\.address) == [a])
  }

  @Test func addressesComeAndGo() {
    let service = service()
    let first = connects(service, at: 0, resolving: [a, b])
    let (ofA, ofB) = (Connection(), Connection())
    #expect(service.connected(first[0], ofA))
    #expect(service.connected(first[1], ofB))
    #expect(service.takeWork(at: time(12_000)).resolves)
    let gone = service.resolved([c, b], at: time(12_000), jitter: 0.5)
    #expect(gone.count == 1 && gone[0] === ofA)
    // What stays keeps its connection and what is known of it; the order is the resolver's.
    #expect(service.ready.map(\.subchannel.address) == [b])
    #expect(service.ready[0].subchannel === first[1] && service.ready[0].connection === ofB)
    let second = service.takeWork(at: time(12_000)).connects
    #expect(second.map(\.address) == [c])
    #expect(service.connected(second[0], Connection()))
    #expect(service.ready.map(\.subchannel.address) == [c, b])
    // The end of a connection that was given up is no news.
    #expect(!service.lost(ofA, at: time(12_001)))
  }

  @Test func connectionToAnAddressThatIsGoneIsNotWanted() {
    let service = service()
    let first = connects(service, at: 0, resolving: [a])
    service.connectingFailed(first[0], at: time(1), jitter: 1)
    _ = connects(service, at: 200, resolving: [b])
    #expect(!service.connected(first[0], Connection()))
    service.connectingFailed(first[0], at: time(300), jitter: 1)
    #expect(service.ready.isEmpty)
  }

  @Test func closingGivesUpAllConnections() {
    let service = service()
    let first = connects(service, at: 0, resolving: [a, b])
    let connection = Connection()
    #expect(service.connected(first[1], connection))
    let given = service.close()
    #expect(given.count == 1 && given[0] === connection)
    #expect(service.ready.isEmpty)
    #expect(!service.connected(first[0], Connection()))
  }
}
