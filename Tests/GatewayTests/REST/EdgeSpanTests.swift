import EdgeClient
import NIOHTTP1
import Observability
import RPC
import TestSupport
import Testing

@testable import Gateway

/// What the edge records of requests and subscriptions.
@Suite("Spans of the edge", .timeLimit(.minutes(5)))
struct EdgeSpanTests {
  private let spans = RecordedSpans()
  private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"

  private func run(
    _ sampling: TraceSampling = .standard, _ body: (LiveGateway) async throws -> Void
  ) async throws {
    try await LiveGateway.run(
      traces: TracePipeline(sampling: sampling, sink: spans), body)
  }

  @Test("A request is one trace, from the client to the service")
  func request() async throws {
    try await run { live in
      _ = try await live.client.send(
        .GET, "/api/things/secret?count=3",
        headers: ["traceparent": "\(Self.parent)-01", "tracestate": "rojo=1"])
      try await eventually { spans.all.count == 3 }
      let edge = try #require(spans.all.first { $0.service == "gateway" && $0.kind == .server })
      #expect(edge.name == "GET /api/things/{text}")
      #expect(edge.context.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
      #expect(edge.parent?.description == "00f067aa0ba902b7" && edge.parentIsRemote)
      #expect(edge.context.state.text == "rojo=1")
      #expect(
        Set(edge.attributes) == [
          SpanAttribute("http.request.method", "GET"), SpanAttribute("url.scheme", "https"),
          SpanAttribute("network.protocol.version", "1.1"),
          SpanAttribute("http.route", "/api/things/{text}"),
          SpanAttribute("http.response.status_code", 200),
        ])
      let call = try #require(spans.of(.client).first)
      #expect(call.parent == edge.context.spanID && !call.parentIsRemote)
      let answer = try #require(spans.all.first { $0.service == "example" })
      #expect(answer.parent == call.context.spanID)
      #expect(Set(spans.all.map(\.context.traceID)).count == 1)
      // The line of the access log is found by the same ids.
      #expect(!spans.all.contains { "\($0)".contains("secret") })
    }
  }

  @Test("What a client gets wrong is no error of the edge")
  func failures() async throws {
    try await run { live in
      _ = try await live.client.send(.GET, "/api/nowhere/secret")
      _ = try await live.client.send(.GET, "/api/mine")
      try await eventually { spans.all.count == 2 }
      let byStatus = Dictionary(grouping: spans.all) { span in
        span.attributes.first { $0.name == "http.response.status_code" }?.value
      }
      let missing = try #require(byStatus[404]?.first)
      #expect(missing.name == "GET" && missing.status == .unset)
      #expect(!missing.attributes.contains { $0.name == "http.route" })
      let refused = try #require(byStatus[401]?.first)
      #expect(refused.name == "GET /api/mine" && refused.status == .unset)
    }
  }

  @Test("A stranger decides what is recorded only where that is allowed")
  func sampling() async throws {
    for (sampling, flag, count) in [
      (TraceSampling.standard, "00", 0), (.standard, "01", 3),
      (TraceSampling(followsParent: false, ratio: 0), "01", 0),
      (TraceSampling(followsParent: false, ratio: 1), "00", 3),
    ] {
      let before = spans.all.count
      try await run(sampling) { live in
        _ = try await live.client.send(
          .GET, "/api/things/x", headers: ["traceparent": "\(Self.parent)-\(flag)"])
        let passed = try #require(
          live.service.calls.contexts.last.flatMap { SpanContext($0.metadata) })
        #expect(passed.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(passed.isSampled == (count > 0))
        try await eventually { spans.all.count == before + count }
      }
      #expect(spans.all.count == before + count)
    }
  }

  @Test("A subscription is a span that lasts as long as it does")
  func subscription() async throws {
    try await run { live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(WebSocketTests.subscribe)
      #expect(try await socket.message().contains("subscribed"))
      let upgrade = try #require(spans.all.first { $0.name == "GET /ws/v1" })
      #expect(upgrade.attributes.contains(SpanAttribute("http.response.status_code", 101)))
      #expect(!spans.all.contains { $0.name == "subscribe quotes" })
      try await socket.send(#"{"type":"unsubscribe","id":"1"}"#)
      try await eventually { spans.all.contains { $0.name == "subscribe quotes" } }
      try await eventually { spans.of(.client).count == 1 }
      let subscription = try #require(spans.all.first { $0.name == "subscribe quotes" })
      #expect(subscription.parent == upgrade.context.spanID && subscription.kind == .server)
      #expect(spans.of(.client).first?.parent == subscription.context.spanID)
      #expect(Set(spans.all.map(\.context.traceID)) == [upgrade.context.traceID])
    }
  }
}
