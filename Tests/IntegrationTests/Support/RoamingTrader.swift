import Core
import TestSupport
import TradingContract

@testable import DevPlatform

/// A trader who knows every gateway, and goes to the next when one does not answer.
struct RoamingTrader: Sendable {
  let userID: String
  let clients: [PlatformClient]

  /// Registers and logs in by the first gateway.
  static func signUp(_ name: String, on platform: Platform) async throws -> RoamingTrader {
    let trader = try await Trader.signUp(name, on: platform)
    var clients: [PlatformClient] = []
    for gateway in 1...(await platform.ports.count) {
      var client = try await platform.client(gateway: gateway)
      client.token = trader.client.token
      clients.append(client)
    }
    return RoamingTrader(userID: trader.userID, clients: clients)
  }

  /// The trader as one who knows the first gateway only.
  var settled: Trader { Trader(userID: userID, client: clients[0]) }

  /// Places an order at one gateway after the other until there is an answer: its client order id makes it
  /// one.
  func place(
    _ order: TradingV1.PlaceOrderRequest, beginningWith gateway: Int
  ) async throws -> TradingV1.Order {
    let end = ContinuousClock.now + .seconds(120)
    var gateway = gateway
    while true {
      do {
        return try await clients[gateway % clients.count].place(order)
      } catch let problem as APIProblem {
        guard problem.mayPass, ContinuousClock.now < end else { throw problem }
      } catch {
        // The gateway is gone, and with it the answer.
        guard ContinuousClock.now < end else { throw error }
      }
      gateway += 1
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
