import Core
import EdgeClient
import Foundation
import NIOHTTP1
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// An order's journey through every process, as an outside client sees it.
@Suite struct JourneyTests {
  @Test(
    "from registration to a position, recomputed from the fills", .timeLimit(.minutes(10)),
    arguments: TestBroker.allCases)
  func demo(broker: TestBroker) async throws {
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) {
      try broker.apply(to: &$0)
    } _: { platform in
      let report = try await DemoRun(
        try await platform.client(), operator: try platform.operator(),
        routing: platform.options.routedSymbols, say: { _ in }
      ).run()
      #expect(report.isGood, "\(report.summary)")
      #expect(report.evidence.orders.contains { !$0.connectionID.isEmpty })
      let said = try String(contentsOfFile: platform.logFile(of: .broker), encoding: .utf8)
      #expect(said.contains("tansu broker") == (broker == .tansu))
      try await LedgerAudit(try await platform.database(schema: "trading")).check()
    }
  }

  @Test("wrong requests get precise errors, and change nothing", .timeLimit(.minutes(10)))
  func refusals() async throws {
    try await PlatformFixture.run { platform in
      let ada = try await Trader.signUp("ada", on: platform)
      let bob = try await Trader.signUp("bob", on: platform)
      // The market is there once a good order has been taken.
      let mine = try await ada.placeOnce(
        .limit(
          .buy, 1, of: Trader.symbol, at: try await ada.restingLimit(), clientOrderID: "resting"))
      for refusal in Refusal.all(someoneElses: mine.orderID) {
        try await refusal.check(as: bob)
      }
      #expect(try await bob.client.orders().isEmpty)
      #expect(try await bob.client.trades().isEmpty)
      #expect(try await bob.client.positions().isEmpty)
      #expect(try await ada.client.order(id: mine.orderID).status == .open)
      try await wrongSubscriptions(as: bob)
      try await LedgerAudit(try await platform.database(schema: "trading")).check()
    }
  }

  private func wrongSubscriptions(as trader: Trader) async throws {
    try await trader.client.withStream { stream in
      var messages = stream.messages.makeAsyncIterator()
      let wrong = [
        (#"{"type":"subscribe","id":"1","channel":"nothing","params":{}}"#, "UNKNOWN_CHANNEL"),
        (
          #"{"type":"subscribe","id":"2","channel":"quotes","params":{"symbols":["NOPE"]}}"#,
          "INVALID_REQUEST"
        ),
        (
          #"{"type":"subscribe","id":"3","channel":"quotes","params":{"what":1}}"#,
          "INVALID_PARAMETERS"
        ),
        (#"{"type":"unsubscribe","id":"4"}"#, "UNKNOWN_SUBSCRIPTION"),
      ]
      for (text, reason) in wrong {
        try await stream.send(text)
        while let message = try await messages.next() {
          guard case .error(_, _, let found, let detail) = message else { continue }
          #expect(found == reason, "\(text): \(detail)")
          break
        }
      }
    }
  }
}

/// A request that must be refused, and how.
struct Refusal: Sendable {
  let method: HTTPMethod
  let path: String
  var body: String?
  /// What is sent instead of the user's own token; empty for none.
  var token: String?
  let status: Int
  let reason: String
  /// The fields that the answer must name.
  var fields: [String] = []

  func check(as trader: Trader) async throws {
    let response = try await trader.client.edge.send(
      method, path, json: body.map { Array($0.utf8) },
      token: token.map { $0.isEmpty ? nil : $0 } ?? trader.client.token)
    let name = "\(method.rawValue) \(path) \(body?.prefix(200) ?? "")"
    #expect(response.headers.first(name: "content-type") == "application/problem+json", "\(name)")
    #expect(response.headers.first(name: "x-correlation-id") != nil, "\(name)")
    let problem = APIProblem(response, request: name)
    #expect(problem.status == status, "\(problem)")
    #expect(problem.reason == reason, "\(problem)")
    #expect(problem.errors.map(\.field).sorted() == fields.sorted(), "\(problem)")
    #expect(!problem.detail.isEmpty, "\(name)")
    if status == 401 { #expect(response.headers.contains(name: "www-authenticate"), "\(name)") }
  }

  /// The refusals of placing, reading and withdrawing orders.
  static func all(someoneElses orderID: String) -> [Refusal] {
    orders + access
      + [
        Refusal(
          method: .GET, path: "/api/orders/\(orderID)", status: 404, reason: "ORDER_NOT_FOUND"),
        Refusal(
          method: .DELETE, path: "/api/orders/\(orderID)", status: 404, reason: "ORDER_NOT_FOUND"),
        Refusal(method: .GET, path: "/api/orders/17", status: 404, reason: "ORDER_NOT_FOUND"),
        Refusal(method: .GET, path: "/api/nothing", status: 404, reason: "ROUTE_NOT_FOUND"),
      ]
  }

  private static let orders: [Refusal] = [
    order("{", 400, "MALFORMED_BODY", [""]),
    order(#"{"symbol":"AAPL","colour":"red"}"#, 400, "MALFORMED_BODY", ["colour"]),
    order(
      #"{"symbol":"NOPE","side":"BUY","type":"MARKET","quantity":"1"}"#, 400, "INVALID_REQUEST",
      ["symbol"]),
    order(
      #"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"-1"}"#, 400, "INVALID_REQUEST",
      ["quantity"]),
    order(
      #"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"1.1234567890123456789"}"#, 400,
      "MALFORMED_BODY", ["quantity"]),
    order(
      #"{"symbol":"AAPL","side":"BUY","type":"LIMIT","quantity":"1"}"#, 400, "INVALID_REQUEST",
      ["limitPrice"]),
    order(
      #"{"symbol":"AAPL","quantity":"0.5","limitPrice":"-1"}"#, 400, "INVALID_REQUEST",
      ["side", "type", "limitPrice"]),
    order(
      #"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"9000000"}"#, 400,
      "RISK_LIMIT_EXCEEDED"),
    order(#"{"symbol":"\#(String(repeating: "A", count: 2 << 20))"}"#, 413, "BODY_TOO_LARGE"),
  ]

  private static let access: [Refusal] = [
    Refusal(
      method: .GET, path: "/api/orders", token: "", status: 401, reason: "TOKEN_MISSING"),
    Refusal(
      method: .GET, path: "/api/orders", token: "not.a.token", status: 401,
      reason: "TOKEN_INVALID"),
    order(
      #"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"1"}"#, 401, "TOKEN_MISSING",
      token: ""),
  ]

  private static func order(
    _ body: String, _ status: Int, _ reason: String, _ fields: [String] = [], token: String? = nil
  ) -> Refusal {
    Refusal(
      method: .POST, path: "/api/orders", body: body, token: token, status: status, reason: reason,
      fields: fields)
  }
}
