import Core
import Testing

@testable import BrokerDomain

/// Orders over a network that loses, delays and doubts, with an exchange whose clock is another.
@Suite("Routing, simulated")
struct RoutingSimulationTests {
  @Test(
    "whatever is lost or late, no order is sent while an earlier submission may be taken",
    arguments: 0..<400)
  func neverTwice(_ seed: Int) throws {
    var simulation = try Simulation(seed: UInt64(seed))
    for _ in 0..<120 { try simulation.step() }
    try simulation.settle()
    #expect(simulation.orders.count <= 1, "the order is at the exchange twice")
    let row = try #require(simulation.row)
    #expect(row.state.isFinal)
    // What is stored is what the exchange has, and what it has is stored.
    if let order = simulation.orders.first {
      #expect(row.exchangeOrderID == order.id)
      #expect(row.filledQuantity == order.filled)
      #expect(row.state == order.end)
    } else {
      #expect(row.exchangeOrderID == nil && row.filledQuantity.isZero)
      #expect(row.state == .canceled || row.state == .expired)
    }
    #expect(simulation.told.last == row.state)
  }

  @Test("the simulation reaches what it is about")
  func coverage() throws {
    var seen = Coverage()
    for seed in 0..<400 {
      var simulation = try Simulation(seed: UInt64(seed))
      for _ in 0..<120 { try simulation.step() }
      try simulation.settle()
      seen.add(simulation)
    }
    #expect(seen.resubmissions > 20)
    #expect(seen.late > 20)
    #expect(seen.filled > 20)
    #expect(seen.canceledHere > 20)
    #expect(seen.canceledThere > 20)
    #expect(seen.expiredHere > 5)
    #expect(seen.lostRaces > 20)
  }
}

/// How often the interesting has happened.
private struct Coverage {
  var resubmissions = 0
  var late = 0
  var filled = 0
  var canceledHere = 0
  var canceledThere = 0
  var expiredHere = 0
  var lostRaces = 0

  mutating func add(_ simulation: Simulation) {
    guard let row = simulation.row else { return }
    resubmissions += row.submissions > 1 ? 1 : 0
    late += simulation.lateCount
    filled += row.state == .filled ? 1 : 0
    canceledHere += row.state == .canceled && row.exchangeOrderID == nil ? 1 : 0
    canceledThere += row.state == .canceled && row.exchangeOrderID != nil ? 1 : 0
    expiredHere += row.state == .expired && row.exchangeOrderID == nil ? 1 : 0
    lostRaces += simulation.lostRaces
  }
}
