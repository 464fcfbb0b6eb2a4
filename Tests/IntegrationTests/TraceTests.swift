import Core
import Postgres
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// One request through the real processes, as a collector sees it that nobody here wrote.
@Suite struct TraceTests {
  private typealias Span = OTLPReceiver.Span

  @Test("an order is one trace, from the edge to its events", .timeLimit(.minutes(10)))
  func anOrder() async throws {
    try await OTLPReceiver.run { collector in
      try await PlatformFixture.run {
        $0.traceCollector = "http://localhost:\(collector.port)"
        for member in [PlatformMember.auth, .marketData, .trading, .gateway] {
          $0.environment[member, default: [:]]["OTEL_BSP_SCHEDULE_DELAY"] = "50"
        }
        // However slow the machine is, the request opens its order, and not the resumer.
        $0.environment[.trading]?["TRADING_PENDING_AGE"] = "60"
      } _: { platform in
        let ada = try await Trader.signUp("ada", on: platform)
        let order = try await ada.placeOnce(
          .limit(
            .buy, 1, of: Trader.symbol, at: try await ada.restingLimit(), clientOrderID: "traced"))
        #expect(order.status == .open)
        let ids = try await traceparent(of: ada, on: platform).split(separator: "-")
        let trace = try await spans(of: String(ids[1]), from: collector)
        try check(trace, event: String(ids[2]))
      }
    }
  }

  /// What the first event of a trader's order carries.
  private func traceparent(of trader: Trader, on platform: Platform) async throws -> String {
    let database = PostgresPool(try await platform.database(schema: "trading"))
    let row = try await database.query(
      """
      SELECT traceparent FROM outbox WHERE topic = 'order_events' AND key = \(trader.userID)
      ORDER BY id LIMIT 1
      """
    ).one()
    await database.close()
    return try #require(try row.decode(String?.self, "traceparent"))
  }

  private static let method = "alphintra.trading.v1.TradingService.PlaceOrder"

  /// The spans of a trace, as soon as those of its request are there.
  private func spans(of trace: String, from collector: OTLPReceiver) async throws -> [Span] {
    let wanted: Set = [
      "POST /api/orders", "Sent.\(Self.method)", "Attempt.\(Self.method)", "Recv.\(Self.method)",
      "create order_events",
    ]
    var spans: [Span] = []
    while !wanted.isSubset(of: spans.map(\.name)) {
      spans += try await collector.next().spans.filter { $0.trace == trace }
    }
    return spans
  }

  private func check(_ trace: [Span], event: String) throws {
    let method = Self.method
    func span(_ name: String) throws -> Span {
      try #require(trace.first { $0.name == name }, "\(name) is none of \(trace.map(\.name))")
    }
    let edge = try span("POST /api/orders")
    let call = try span("Sent.\(method)")
    let attempt = try span("Attempt.\(method)")
    let answer = try span("Recv.\(method)")
    let created = try #require(trace.first { $0.span == event })
    #expect(edge.parent == "" && edge.service == "gateway" && edge.kind == "SPAN_KIND_SERVER")
    #expect(edge.attributes["http.response.status_code"] == "201")
    #expect(call.parent == edge.span && call.service == "gateway")
    #expect(attempt.parent == call.span && attempt.service == "gateway")
    #expect(answer.parent == attempt.span && answer.service == "trading")
    #expect(answer.attributes["peer.service"] == "gateway")
    #expect(answer.attributes["rpc.response.status_code"] == "OK")
    #expect(created.name == "create order_events" && created.kind == "SPAN_KIND_PRODUCER")
    #expect(created.parent == answer.span && created.service == "trading")
    for span in trace { #expect(span.status == "STATUS_CODE_UNSET", "\(span)") }
  }
}
