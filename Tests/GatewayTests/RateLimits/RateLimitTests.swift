import Core
import EdgeClient
import GatewayRoutes
import NIOHTTP1
import RPC
import TestSupport
import Testing
import TestingContract

@testable import Gateway
@testable import Transcoding

@Suite("What callers may ask for in a time")
struct RateLimitTests {
  /// Operations of each class, in the places where the platform has them.
  static let routes: [Route] = [
    route("auth", ExampleMethods.create, .post, "/api/auth/login"),
    route("auth", ExampleMethods.create, .post, "/api/auth/2fa/setup"),
    route("orders", ExampleMethods.mine, .post, "/api/orders"),
    route("orders", ExampleMethods.mine, .put, "/api/orders/{spiffe_id}"),
    route("orders", ExampleMethods.mine, .delete, "/api/orders/{spiffe_id}"),
    route("market-data", ExampleMethods.read, .get, "/api/market-data/symbols"),
    route("backtest", ExampleMethods.mine, .post, "/api/strategies/{spiffe_id}/backtest"),
  ]

  private static func route(
    _ rateClass: String, _ method: MethodDescriptor, _ verb: HTTPVerb, _ template: PathTemplate
  ) -> Route {
    let counted = MethodDescriptor(
      service: method.service, method: method.method, kind: method.kind,
      idempotency: method.idempotency, access: method.access, deadline: method.deadline,
      rateClass: rateClass)
    if method == ExampleMethods.mine {
      return Route(
        counted, verb, template, request: TestingV1.WhoAmIResponse.self,
        response: TestingV1.WhoAmIResponse.self, body: verb == .delete ? .none : .whole,
        parameters: template.variables.isEmpty ? [] : [Parameter("spiffe_id", \.spiffeID)])
    }
    return Route(
      counted, verb, template, request: TestingV1.EchoRequest.self,
      response: TestingV1.EchoResponse.self, body: verb == .get ? .none : .whole)
  }

  static func configuration(proxies: String? = nil) -> GatewayConfiguration {
    var configuration = GatewayConfiguration.patient
    configuration.rateLimits = RateLimits()
    configuration.rateLimits.trustedProxies = TrustedProxies(
      proxies.flatMap(AddressBlock.init).map { [$0] } ?? [])
    return configuration
  }

  private static let empty = Array("{}".utf8)

  @Test("Ten of eleven log-ins of an address in any minute, and the next after Retry-After")
  func auth() async throws {
    let clock = ManualClock()
    try await LiveGateway.run(Self.configuration(), routes: Self.routes, steadyClock: clock) {
      live in
      func logIn(_ path: String = "/api/auth/login") async throws -> EdgeClient.Response {
        try await live.client.send(.POST, path, json: Self.empty)
      }
      for index in 0..<10 {
        // Both operations of the class count together.
        let answer = try await logIn(index % 2 == 0 ? "/api/auth/login" : "/api/auth/2fa/setup")
        #expect(answer.status == 200)
        #expect(answer.headers["ratelimit-policy"] == [#""auth";q=10;w=60"#])
        #expect(answer.headers["ratelimit"] == [#""auth";r=\#(9 - index);t=\#(60 - index)"#])
        clock.advance(by: .seconds(1))
      }
      for _ in 0..<3 {
        let refused = try await logIn()
        #expect(refused.status == 429)
        #expect(refused.headers["content-type"] == ["application/problem+json"])
        #expect(refused.headers["retry-after"] == ["50"])
        #expect(refused.headers["ratelimit"] == [#""auth";r=0;t=50"#])
        #expect(refused.text.contains(#""reason":"RATE_LIMITED""#))
        #expect(refused.text.contains(#""effect":"none""#))
      }
      // Nothing reached the service, and what is no operation of the class is not counted.
      #expect(live.service.calls.contexts.count == 10)
      #expect(try await live.client.send(.GET, "/healthz").status == 200)
      clock.advance(by: .microseconds(49_999_999))
      #expect(try await logIn().headers["retry-after"] == ["1"])
      clock.advance(by: .microseconds(1))
      #expect(try await logIn().status == 200)
      #expect(try await logIn().headers["retry-after"] == ["1"])
      clock.advance(by: .seconds(1))
      #expect(try await logIn().status == 200)
    }
  }

  @Test(
    "A hundred orders of a user in a minute, placed, amended and cancelled; others have their own")
  func orders() async throws {
    let clock = ManualClock()
    try await LiveGateway.run(Self.configuration(), routes: Self.routes, steadyClock: clock) {
      live in
      let client = try live.client
      for index in 0..<100 {
        let answer =
          switch index % 3 {
          case 0: try await client.send(.POST, "/api/orders", json: Self.empty, token: "trader")
          case 1: try await client.send(.PUT, "/api/orders/1", json: Self.empty, token: "trader")
          default: try await client.send(.DELETE, "/api/orders/1", token: "trader")
          }
        #expect(answer.status == 200)
      }
      let refused = try await client.send(.DELETE, "/api/orders/1", token: "trader")
      #expect(refused.status == 429)
      #expect(refused.headers["retry-after"] == ["60"])
      // Another token of the same user is no other user; a stranger's is refused before it is counted.
      let same = try await client.send(
        .POST, "/api/orders", json: Self.empty, token: "trader~4000000001")
      #expect(same.status == 429)
      #expect(
        try await client.send(.POST, "/api/orders", json: Self.empty, token: "x").status == 401)
      #expect(try await client.send(.POST, "/api/orders", json: Self.empty).status == 401)
      let other = try await client.send(.POST, "/api/orders", json: Self.empty, token: "other")
      #expect(other.headers["ratelimit"] == [#""orders";r=99;t=60"#])
      clock.advance(by: .seconds(60))
      #expect(try await client.send(.DELETE, "/api/orders/1", token: "trader").status == 200)
    }
  }

  @Test("Where no user is needed a valid token still says whose request it is")
  func marketData() async throws {
    var configuration = Self.configuration()
    configuration.rateLimits.classes["market-data"] = RateLimits.standard["market-data"]?
      .with(2, per: .seconds(60))
    try await LiveGateway.run(configuration, routes: Self.routes, steadyClock: ManualClock()) {
      live in
      let client = try live.client
      for token in ["trader", "other", nil] {
        for status in [200, 200, 429] {
          let answer = try await client.send(.GET, "/api/market-data/symbols", token: token)
          #expect(answer.status == status)
        }
      }
      // A token that nobody signed is nobody's.
      let stranger = try await client.send(.GET, "/api/market-data/symbols", token: "stranger")
      #expect(stranger.status == 429)
    }
  }

  @Test("Five back-tests of a user in an hour")
  func backtests() async throws {
    let clock = ManualClock()
    try await LiveGateway.run(Self.configuration(), routes: Self.routes, steadyClock: clock) {
      live in
      func start() async throws -> EdgeClient.Response {
        try await live.client.send(
          .POST, "/api/strategies/7/backtest", json: Self.empty, token: "trader")
      }
      for _ in 0..<5 {
        #expect(try await start().status == 200)
        clock.advance(by: .seconds(60))
      }
      let refused = try await start()
      #expect(refused.status == 429)
      #expect(refused.headers["retry-after"] == ["3300"])
      clock.advance(by: .seconds(3299))
      #expect(try await start().status == 429)
      clock.advance(by: .seconds(1))
      #expect(try await start().status == 200)
    }
  }

  @Test("Behind a trusted proxy each client has its own limit, and cannot choose a name")
  func proxies() async throws {
    try await LiveGateway.run(
      Self.configuration(proxies: "127.0.0.0/8"), routes: Self.routes, steadyClock: ManualClock()
    ) { live in
      let client = try live.client
      func logIn(_ forwarded: String) async throws -> Int {
        try await client.send(
          .POST, "/api/auth/login", json: Self.empty, headers: ["X-Forwarded-For": forwarded]
        ).status
      }
      for index in 0..<10 {
        #expect(try await logIn("2001:db8:0:1::\(index)") == 200)
        #expect(try await logIn("10.0.0.\(index), 203.0.113.9") == 200)
      }
      #expect(try await logIn("2001:db8:0:1:5::") == 429)
      #expect(try await logIn("10.9.9.9, 203.0.113.9") == 429)
      #expect(try await logIn("203.0.113.10") == 200)
    }
    try await LiveGateway.run(Self.configuration(), routes: Self.routes, steadyClock: ManualClock())
    {
      live in
      for index in 0..<11 {
        let answer = try await live.client.send(
          .POST, "/api/auth/login", json: Self.empty,
          headers: ["X-Forwarded-For": "10.0.0.\(index)"])
        #expect(answer.status == (index < 10 ? 200 : 429))
      }
    }
  }

  @Test("Every answer to what was counted says so, also where the request is refused after that")
  func refusals() async throws {
    var configuration = Self.configuration()
    configuration.limits.bodyBytes = 100
    configuration.limits.bodyTimeout = .milliseconds(200)
    try await LiveGateway.run(configuration, routes: Self.routes, steadyClock: ManualClock()) {
      live in
      func answer(_ token: String?, length: Int) async throws -> String {
        let connection = try await RawConnection.open(live)
        let header = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        try await connection.send(
          "POST /api/orders HTTP/1.1\r\nHost: a\r\n\(header)Content-Length: \(length)\r\n\r\n{}")
        return try await connection.response()
      }
      for (length, status, left) in [(2, 415, 99), (50, 408, 98), (101, 413, 97)] {
        let text = try await answer("trader", length: length)
        #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
        #expect(text.contains("ratelimit: \"orders\";r=\(left);t=60\r\n"), "\(text)")
      }
      // Nobody's request counts against no user.
      for token in [nil, "stranger"] {
        let text = try await answer(token, length: 2)
        #expect(text.hasPrefix("HTTP/1.1 401 "))
        #expect(!text.contains("ratelimit"))
      }
    }
  }

  @Test("A subscription counts as a request of its channel's class")
  func subscriptions() async throws {
    var configuration = Self.configuration()
    configuration.rateLimits.classes["market-data"] = RateLimits.standard["market-data"]?
      .with(2, per: .seconds(60))
    let clock = ManualClock()
    let method = ExampleMethods.quotes
    let quotes = ExampleRoutes.quotes(
      of: MethodDescriptor(
        service: method.service, method: method.method, kind: method.kind,
        idempotency: method.idempotency, access: method.access, rateClass: "market-data"))
    try await LiveGateway.run(
      configuration, routes: Self.routes, channels: [quotes], steadyClock: clock
    ) { live in
      let socket = try await TestWebSocket.open(live)
      func subscribe(_ id: Int, _ symbols: String = "\"A\"") async throws {
        try await socket.send(
          #"{"type":"subscribe","id":"\#(id)","channel":"quotes","params":{"symbols":[\#(symbols)]}}"#
        )
      }
      for id in 0..<2 {
        try await subscribe(id)
        #expect(try await socket.message().contains(#""type":"subscribed""#))
        #expect(try await socket.message().contains(#""type":"snapshot""#))
      }
      try await subscribe(2)
      let refused = try await socket.message()
      #expect(refused.contains(#""type":"error","id":"2","channel":"quotes""#))
      #expect(refused.contains(#""reason":"RATE_LIMITED""#))
      #expect(refused.contains(#""retryAfterSeconds":"60""#))
      clock.advance(by: .seconds(60))
      try await subscribe(2)
      #expect(try await socket.message().contains(#""type":"subscribed""#))
    }
  }

  @Test("The contracts say of every operation what seed 8.2 does")
  func classes() {
    for route in AllRoutes.routes {
      let path = route.template.text
      let expected: String? =
        if path.hasPrefix("/api/auth/") {
          "auth"
        } else if path == "/api/orders" || path.hasPrefix("/api/orders/") {
          "orders"
        } else if path.hasPrefix("/api/market-data/") {
          "market-data"
        } else if path.hasPrefix("/api/strategies/"), path.hasSuffix("/backtest") {
          "backtest"
        } else {
          nil
        }
      #expect(route.method.rateClass == expected, "\(path)")
      if let rateClass = route.method.rateClass {
        #expect(RateLimits.standard[rateClass] != nil, "\(path): \(rateClass) has no limit")
      }
    }
    // What a channel costs its service is counted as well.
    for channel in AllRoutes.channels {
      let rateClass = channel.method.rateClass
      #expect(
        rateClass == (channel.name == "quotes" ? "market-data" : "streams"), "\(channel.name)")
    }
    #expect(
      RateLimits.standard["auth"] == RateLimit(10, per: .seconds(60), of: .address, alone: .share))
    #expect(
      RateLimits.standard["orders"] == RateLimit(100, per: .seconds(60), of: .user, alone: .share))
    #expect(
      RateLimits.standard["market-data"]
        == RateLimit(1000, per: .seconds(60), of: .user, alone: .whole))
    #expect(
      RateLimits.standard["backtest"] == RateLimit(5, per: .seconds(3600), of: .user, alone: .share)
    )
  }
}
