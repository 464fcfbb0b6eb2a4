import AuthContract
import Core
import EdgeClient
import Foundation
import Gateway
import NIOHTTP1
import Postgres
import Protobuf
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// The gateway is ended as by `kill -9` at each named point; afterwards what was asked for has one effect, its
/// repetition gets the answer, and streams go on without a gap.
@Suite struct GatewayCrashTests {
  @Test("kill -9 at every named point", .timeLimit(.minutes(5)))
  func everyPoint() async throws {
    try await RedisServer.run { redis in
      try await PlatformFixture.run { options in
        options.environment[.gateway, default: [:]]["GATEWAY_REDIS_URL"] =
          "redis://127.0.0.1:\(redis.port)/0"
        options.environment[.gateway, default: [:]]["GATEWAY_RATE_ORDERS"] =
          "\(CrashingGateway.ordersLimit)/3600"
      } _: { platform in
        let ledger = LedgerAudit(try await platform.database(schema: "trading"))
        for point in GatewayCrashPoint.allCases {
          let name = point.rawValue.replacing(".", with: "-").replacing("_", with: "-")
          let trader = try await Trader.signUp(name, on: platform)
          let gateway = CrashingGateway(platform: platform, trader: trader, point: point)
          if point.isOfRequests {
            try await gateway.dieAmidARequest(key: name)
          } else {
            try await gateway.dieAmidAStream(ledger)
          }
        }
        try await ledger.check()
        try await eventually { try await ledger.fundsDisagreements() == 0 }
      }
    }
  }

  /// A token that was exchanged, and whose successor nobody has, lets nobody in a second time; the user logs in.
  @Test("kill -9 between the exchange of a token and its answer", .timeLimit(.minutes(5)))
  func exchange() async throws {
    try await PlatformFixture.run { platform in
      let trader = try await Trader.signUp("refresher", on: platform)
      let edge = trader.client.edge
      let login = try await trader.client.logIn(
        email: "refresher@example.com", password: "correct horse battery staple")
      let body = Array(#"{"refreshToken":"\#(login.refreshToken)"}"#.utf8)
      await platform.stop(.gateway)
      try await platform.start(
        .gateway, environment: ["GATEWAY_CRASH_AT": GatewayCrashPoint.requestAnswered.rawValue])
      await #expect(throws: (any Error).self) {
        _ = try await edge.send(.POST, "/api/auth/refresh", json: body)
      }
      #expect(await platform.waitForExit(of: .gateway) == "signaled(9)")
      try await platform.start(.gateway)
      let repeated = try await edge.send(.POST, "/api/auth/refresh", json: body)
      #expect(repeated.status == 409 || repeated.status == 401, "\(repeated.text)")
      _ = try await trader.client.logIn(
        email: "refresher@example.com", password: "correct horse battery staple")
    }
  }
}

extension GatewayCrashPoint {
  /// Whether a request of REST passes it; others are passed by streams.
  fileprivate var isOfRequests: Bool {
    rawValue.hasPrefix("request.") || rawValue.hasPrefix("response.")
  }

  /// The setting under which a stream that has begun meets it.
  fileprivate var setting: String {
    // The first message is the state that the stream begins with.
    self == .messageHalfWritten ? "\(rawValue):2" : rawValue
  }
}

/// A gateway that dies at a point, and what a trader sees of it.
private struct CrashingGateway: Sendable {
  /// How many orders a trader may place, here and at every other gateway.
  static let ordersLimit = 1_000

  let platform: Platform
  let trader: Trader
  let point: GatewayCrashPoint

  private var edge: EdgeClient { trader.client.edge }

  private func arm() async throws {
    await platform.stop(.gateway)
    try await platform.start(.gateway, environment: ["GATEWAY_CRASH_AT": point.setting])
  }

  private func comeBack() async throws {
    let exit = await platform.waitForExit(of: .gateway)
    #expect(exit == "signaled(9)", "\(point.rawValue)")
    try await platform.start(.gateway)
  }

  // MARK: - Requests

  /// The order has no name of its own: nothing but the key tells its repetition from another.
  func dieAmidARequest(key: String) async throws {
    let order = TradingV1.PlaceOrderRequest.limit(
      .buy, 10, of: Trader.symbol, at: try await trader.restingLimit())
    try await arm()
    let first = try? await place(order, key)
    if point == .responseWritten {
      // The client may have it all, or be told that the connection broke.
      #expect(first.map { $0.status == 201 } ?? true, "\(point.rawValue): \(first?.text ?? "")")
    } else {
      #expect(first == nil, "\(point.rawValue): \(first?.text ?? "")")
    }
    try await comeBack()

    let answer = try await answered(order, key)
    #expect(answer.status == 201, "\(point.rawValue): \(answer.text)")
    let placed = try TradingV1.Order(json: answer.body)
    let orders = try await Trader.patiently { try await trader.client.orders() }
    #expect(orders.map(\.orderID) == [placed.orderID], "\(point.rawValue)")
    if let first { #expect(first.body == answer.body, "\(point.rawValue)") }
    let again = try await answered(order, key)
    #expect(again.body == answer.body, "\(point.rawValue)")

    // The window of the caller is where gateways share it: what the dead one had counted counts.
    let counted = point == .requestRouted ? 2 : 3
    let rest = again.headers.first(name: "ratelimit") ?? ""
    let remaining = rest.split(separator: ";").first { $0.hasPrefix("r=") }
      .flatMap { Int($0.dropFirst(2)) }
    #expect(
      remaining.map { $0 <= Self.ordersLimit - counted } ?? false, "\(point.rawValue): \(rest)")
    _ = try await Trader.patiently { try await trader.client.cancel(orderID: placed.orderID) }
  }

  private func place(
    _ order: TradingV1.PlaceOrderRequest, _ key: String
  ) async throws -> EdgeClient.Response {
    try await edge.send(
      .POST, "/api/orders", json: order.json(), token: trader.client.token,
      headers: ["Idempotency-Key": key])
  }

  /// Repeats the request until it is neither being worked on nor refused for a while.
  private func answered(
    _ order: TradingV1.PlaceOrderRequest, _ key: String
  ) async throws -> EdgeClient.Response {
    let end = ContinuousClock.now + .seconds(30)
    while true {
      let response = try await place(order, key)
      guard [409, 502, 503, 504].contains(response.status), .now < end else { return response }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  // MARK: - Streams

  /// A WebSocket is opened, and orders are placed until the gateway has died and after.
  func dieAmidAStream(_ ledger: LedgerAudit) async throws {
    let limit = try await trader.restingLimit()
    try await arm()
    let process = try #require(await platform.processID(of: .gateway))
    let watch = OrderWatch()
    // Tasks of their own: with Swift 6.3.1 the end of a child task in here was seen to jump to nowhere.
    let watching = Task { await watch.run([trader.client], beginningWith: 0) }
    defer { watching.cancel() }
    let back = Task { try await comeBack() }
    if point == .drainBegun {
      try await eventually { await watch.snapshots > 0 }
      kill(process, SIGTERM)
    }
    for number in 1...3 {
      _ = try await placeWhateverDies(
        .limit(.buy, 1, of: Trader.symbol, at: limit, clientOrderID: "order-\(number)"))
    }
    try await back.value
    let last = try await ledger.orderSequence(of: trader.userID)
    #expect(last >= 3)
    try await eventually { await watch.sequence == last }
    watching.cancel()
    await watching.value
    #expect(await watch.complaints == [], "\(point.rawValue)")
    #expect(await watch.losses > 0, "\(point.rawValue)")
  }

  private func placeWhateverDies(
    _ order: TradingV1.PlaceOrderRequest
  ) async throws -> TradingV1.Order {
    let end = ContinuousClock.now + .seconds(30)
    while true {
      do {
        return try await trader.client.place(order)
      } catch let problem as APIProblem {
        guard problem.mayPass, .now < end else { throw problem }
      } catch {
        // The gateway is gone, and with it the answer.
        guard .now < end else { throw error }
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
