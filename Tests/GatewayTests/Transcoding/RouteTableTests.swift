import Testing
import Transcoding

@Suite("The route table finds one route, whatever the order of the routes")
struct RouteTableTests {
  /// Each route, and a request it answers: `verb path → template {field=value}`.
  static let templates: [(HTTPVerb, PathTemplate)] = [
    (.get, "/api/orders"),
    (.post, "/api/orders"),
    (.get, "/api/orders/{order_id}"),
    (.delete, "/api/orders/{order_id}"),
    (.get, "/api/orders/by-client-id/{client_order_id}"),
    (.post, "/api/orders/{order_id}:cancel"),
    (.post, "/api/orders:batch"),
    (.get, "/api/orders/active"),
    (.get, "/api/market-data/symbols"),
    (.get, "/api/market-data/{symbol}/ticker"),
    (.get, "/api/market-data/{symbol}/candles"),
    (.get, "/api/{any=**}"),
    (.get, "/files/{path=**}"),
    (.get, "/files/{path=**}:stat"),
    (.get, "/shelves/{name=shelves/*/books/*}"),
    (.get, "/a/{x}/c"),
    (.get, "/a/b/{y}"),
    (.get, "/dotted/{order.order_id}"),
  ]

  @Test(
    "A request finds its route",
    arguments: [
      ("GET", "/api/orders", "/api/orders", ""),
      ("POST", "/api/orders", "/api/orders", ""),
      ("GET", "/api/orders/42", "/api/orders/{order_id}", "order_id=42"),
      ("GET", "/api/orders/active", "/api/orders/active", ""),
      ("DELETE", "/api/orders/active", "/api/orders/{order_id}", "order_id=active"),
      (
        "GET", "/api/orders/by-client-id/7", "/api/orders/by-client-id/{client_order_id}",
        "client_order_id=7"
      ),
      ("GET", "/api/orders/by-client-id", "/api/orders/{order_id}", "order_id=by-client-id"),
      ("POST", "/api/orders/42:cancel", "/api/orders/{order_id}:cancel", "order_id=42"),
      ("GET", "/api/orders/42:cancel", "/api/orders/{order_id}", "order_id=42:cancel"),
      ("GET", "/api/orders/42%3Acancel", "/api/orders/{order_id}", "order_id=42:cancel"),
      ("POST", "/api/orders:batch", "/api/orders:batch", ""),
      ("GET", "/api/market-data/symbols", "/api/market-data/symbols", ""),
      ("GET", "/api/market-data/AAPL/ticker", "/api/market-data/{symbol}/ticker", "symbol=AAPL"),
      (
        "GET", "/api/market-data/symbols/ticker", "/api/market-data/{symbol}/ticker",
        "symbol=symbols"
      ),
      ("GET", "/api/market-data/AAPL/other", "/api/{any=**}", "any=market-data/AAPL/other"),
      ("GET", "/api", "/api/{any=**}", "any="),
      ("GET", "/api/orders/", "/api/{any=**}", "any=orders/"),
      ("GET", "/files/a/b/c", "/files/{path=**}", "path=a/b/c"),
      ("GET", "/files/a%2Fb/c%20d", "/files/{path=**}", "path=a%2Fb/c d"),
      ("GET", "/files/a/b:stat", "/files/{path=**}:stat", "path=a/b"),
      (
        "GET", "/shelves/shelves/1/books/2", "/shelves/{name=shelves/*/books/*}",
        "name=shelves/1/books/2"
      ),
      ("GET", "/a/b/c", "/a/b/{y}", "y=c"),
      ("GET", "/a/x/c", "/a/{x}/c", "x=x"),
      ("GET", "/dotted/9", "/dotted/{order.order_id}", "order.order_id=9"),
      ("GET", "/a/b/%E2%82%AC", "/a/b/{y}", "y=€"),
      ("GET", "/a/b/a%2Fb+c", "/a/b/{y}", "y=a/b+c"),
      ("GET", "/%61/b/1", "/a/b/{y}", "y=1"),
    ])
  func finds(verb: String, path: String, template: String, variables: String) throws {
    for seed in 0..<4 as Range<UInt64> {
      let match = try table(seed: seed).match(HTTPVerb(rawValue: verb), RequestPath(path))
      guard case .found(let found, let values) = match else {
        Issue.record("\(verb) \(path): \(match)")
        return
      }
      #expect(found == template)
      #expect(values.map { "\($0.fieldPath)=\($0.text)" }.joined(separator: " ") == variables)
    }
  }

  @Test(
    "A path without a route for the verb says which verbs it has",
    arguments: [
      ("PATCH", "/api/orders/42", [.get, .delete]),
      ("PUT", "/api/orders", [.get, .post]),
      ("POST", "/api/orders/42", [.get, .delete]),
      ("OPTIONS", "/api/orders", [.get, .post]),
    ] as [(String, String, [HTTPVerb])])
  func verbNotAllowed(verb: String, path: String, allowed: [HTTPVerb]) throws {
    let match = try table(seed: 1).match(HTTPVerb(rawValue: verb), RequestPath(path))
    guard case .verbNotAllowed(let found) = match else {
      Issue.record("\(match)")
      return
    }
    #expect(found == allowed)
  }

  @Test(
    "A path without any route is not found",
    arguments: ["/", "/ap", "/API/orders", "/a/b", "/a//c", "/shelves/shelves/1/books/", "//api/x"])
  func notFound(path: String) throws {
    let match = try table(seed: 2).match(.get, RequestPath(path))
    guard case .notFound = match else {
      Issue.record("\(path): \(match)")
      return
    }
  }

  @Test("Two routes for the same requests are refused")
  func conflict() throws {
    let same: [(PathTemplate, PathTemplate)] = [
      ("/a/{x}", "/a/{y}"), ("/a/{x=b}", "/a/b"), ("/a/{x=**}", "/a/**"), ("/a/%62", "/a/b"),
      ("/a/{x}:go", "/a/*:go"),
    ]
    for (first, second) in same {
      let error = #expect(throws: RouteTable<Int>.Conflict.self) {
        try RouteTable([(.get, first, 1), (.get, second, 2)])
      }
      #expect(error?.first == first)
      #expect(error?.second == second)
      _ = try RouteTable([(.get, first, 1), (.post, second, 2)])
    }
  }

  @Test(
    "A path that hides another is refused",
    arguments: [
      ("api", .notAbsolute),
      ("", .notAbsolute),
      ("/a/../b", .dotSegment),
      ("/a/./b", .dotSegment),
      ("/a/%2e%2E/b", .dotSegment),
      ("/a/..", .dotSegment),
      ("/a b", .character(offset: 2)),
      ("/a\\b", .character(offset: 2)),
      ("/é", .character(offset: 1)),
      ("/a/%", .encoding(segment: "%", .incompleteEncoding)),
      ("/a/%4", .encoding(segment: "%4", .incompleteEncoding)),
      ("/a/%zz", .encoding(segment: "%zz", .incompleteEncoding)),
      ("/a/%C3", .encoding(segment: "%C3", .invalidUTF8)),
      ("/a/%C0%80", .encoding(segment: "%C0%80", .invalidUTF8)),
      ("/a/%ED%A0%80", .encoding(segment: "%ED%A0%80", .invalidUTF8)),
      ("/a/%00", .encoding(segment: "%00", .nullCharacter)),
    ] as [(String, RequestPath.Failure)])
  func refusesPath(path: String, failure: RequestPath.Failure) {
    #expect(throws: failure) { try RequestPath(path) }
  }

  /// The table of all templates, inserted in an order that the seed chooses.
  private func table(seed: UInt64) throws -> RouteTable<String> {
    var generator = LinearGenerator(state: seed)
    let shuffled = Self.templates.shuffled(using: &generator)
    return try RouteTable(
      shuffled.map { (verb: $0.0, template: $0.1, value: $0.1.description) })
  }
}

/// Knuth's MMIX constants: enough to shuffle.
private struct LinearGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
