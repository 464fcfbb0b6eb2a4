import AuthContract
import Core
import EdgeClient
import MarketDataContract
import NIOHTTP1
import Protobuf
import RPC
import RPCInProcess
import TestSupport
import Testing
import TradingContract

@testable import Gateway

/// A request that breaks rules of its contract is refused with the same words, whether it comes over
/// REST, over a WebSocket or as an RPC.
@Suite("The same violations by REST, by WebSocket and by RPC")
struct SameViolationsTests {
  /// A bad request in both forms, and the fields it is refused for.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String { "\(verb) \(path) \(body ?? "")" }
    let verb: HTTPMethod
    let path: String
    let body: String?
    let method: MethodDescriptor
    let fields: [String]
    let call: @Sendable (InProcessChannel, CallOptions) async throws -> Void
  }

  private static func order(
    _ json: String, _ fields: [String],
    _ populate: @escaping @Sendable (inout TradingV1.PlaceOrderRequest) throws -> Void
  ) -> Case {
    Case(
      verb: .POST, path: "/api/orders", body: json,
      method: TradingV1.TradingServiceMethods.placeOrder, fields: fields
    ) { channel, options in
      _ = try await TradingV1.TradingServiceClient(channel).placeOrder(
        .with(populate), options: options)
    }
  }

  static let cases: [Case] = [
    order("{}", ["symbol", "side", "type", "quantity"]) { _ in },
    order(
      #"{"clientOrderId":"ü","symbol":"aapl","side":9,"type":"LIMIT","quantity":"-1","limitPrice":"0"}"#,
      ["clientOrderId", "symbol", "side", "quantity", "limitPrice"]
    ) {
      $0.clientOrderID = "ü"
      $0.symbol = "aapl"
      $0.side = .unrecognized(9)
      $0.type = .limit
      $0.quantity = -1
      $0.limitPrice = 0
    },
    Case(
      verb: .DELETE, path: "/api/orders/\(String(repeating: "x", count: 65))", body: nil,
      method: TradingV1.TradingServiceMethods.cancelOrder, fields: ["orderId"]
    ) { channel, options in
      _ = try await TradingV1.TradingServiceClient(channel).cancelOrder(
        .with { $0.orderID = String(repeating: "x", count: 65) }, options: options)
    },
    Case(
      verb: .GET, path: "/api/orders?page_size=-1&symbol=a+b&status=77", body: nil,
      method: TradingV1.TradingServiceMethods.listOrders, fields: ["pageSize", "symbol", "status"]
    ) { channel, options in
      _ = try await TradingV1.TradingServiceClient(channel).listOrders(
        .with {
          $0.pageSize = -1
          $0.symbol = "a b"
          $0.status = .unrecognized(77)
        }, options: options)
    },
    Case(
      verb: .GET, path: "/api/market-data/ABCDEFGHIJKLM/ticker?sequence=-1", body: nil,
      method: MarketDataV1.MarketDataServiceMethods.getQuote, fields: ["symbol", "sequence"]
    ) { channel, options in
      _ = try await MarketDataV1.MarketDataServiceClient(channel).getQuote(
        .with {
          $0.symbol = "ABCDEFGHIJKLM"
          $0.sequence = -1
        }, options: options)
    },
    Case(
      verb: .POST, path: "/api/auth/register",
      body: #"{"email":"ada@example.com","password":"short"}"#,
      method: AuthV1.AuthServiceMethods.register_, fields: ["password", "displayName"]
    ) { channel, options in
      _ = try await AuthV1.AuthServiceClient(channel).register_(
        .with {
          $0.email = "ada@example.com"
          $0.password = "short"
        }, options: options)
    },
  ]

  @Test("REST and RPC", arguments: cases)
  func restAndRPC(bad: Case) async throws {
    try await LivePlatform.run { platform in
      let token = try platform.tokens.token(for: "u1")
      let response = try await platform.client.send(
        bad.verb, bad.path, json: bad.body.map { Array($0.utf8) },
        token: token, headers: ["X-Correlation-Id": "c1"])
      let channel = platform.server.channel(as: PeerIdentity(service: "gateway"))
      var metadata = Metadata()
      try metadata.add("authorization", "Bearer \(token)")
      let error = try #require(
        await #expect(throws: RPCError.self) {
          // The contract's deadlines are short for a machine that is busy with tests.
          try await bad.call(
            channel, CallOptions(timeout: ExampleMethods.patience, metadata: metadata))
        })
      let problem = Problem(error, of: bad.method)
      #expect(problem.errors.map(\.field) == bad.fields)
      #expect(problem.reason == "INVALID_REQUEST")
      #expect(!response.text.contains("short"), "a password is not repeated")
      let instance = String(bad.path.prefix { $0 != "?" })
      let expected = problem.response(instance: instance, correlationID: "c1")
      #expect(response.status == 400)
      #expect(response.text == String(decoding: expected.body, as: UTF8.self))
      #expect(platform.recorder.methods.isEmpty, "no handler saw it")
    }
  }

  @Test("WebSocket and RPC")
  func webSocketAndRPC() async throws {
    try await LivePlatform.run { platform in
      let socket = try await TestWebSocket.open(
        platform.running, headers: ["X-Correlation-Id: c1"])
      try await socket.send(
        #"{"type":"subscribe","id":"1","channel":"quotes","params":{"symbols":["AAPL","a"]}}"#)
      let message = try await socket.message()
      let error = try #require(
        await #expect(throws: RPCError.self) {
          let client = MarketDataV1.MarketDataServiceClient(
            platform.server.channel(as: PeerIdentity(service: "gateway")))
          for try await _ in try await client.subscribeQuotes(.with { $0.symbols = ["AAPL", "a"] })
          {}
        })
      let problem = Problem(
        error, of: MarketDataV1.MarketDataServiceMethods.subscribeQuotes)
      #expect(problem.errors.map(\.field) == ["symbols[1]"])
      let expected = ServerMessage.error(
        problem, id: "1", channel: "quotes", correlationID: "c1")
      #expect(message == String(decoding: expected, as: UTF8.self))
      #expect(platform.recorder.methods.isEmpty, "no handler saw it")
    }
  }
}
