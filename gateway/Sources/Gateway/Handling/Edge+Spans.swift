internal import NIOHTTP1
internal import Observability
internal import RPC
internal import Transcoding

/// The spans of requests and subscriptions, by OpenTelemetry's semantic conventions for HTTP.
///
/// They name the route and never the path, as the access log does: a path may hold what is private.
extension Edge {
  /// Begins the span of a request; where nobody records it, the ids that the client sent, or new ones.
  func beginSpan(_ request: EdgeRequest) -> ActiveSpan {
    let parent = Self.parent(in: request.headers)
    guard let tracer else { return ActiveSpan(parent ?? .root()) }
    let method = EdgeMetrics.known(request.method)
    return tracer.begin(
      method, .server, parent: parent,
      [
        SpanAttribute("http.request.method", .text(method)),
        SpanAttribute("url.scheme", "https"),
        SpanAttribute("network.protocol.version", request.isHTTP11 ? "1.1" : "1.0"),
      ])
  }

  /// Ends the span of a request.
  func end(_ span: Span, _ entry: AccessLogEntry) {
    // Where no route was found there is none to name.
    if entry.route != AccessLogEntry.noRoute {
      span.rename("\(EdgeMetrics.known(entry.method)) \(entry.route)")
      span.set("http.route", .text(entry.route))
    }
    span.set("http.response.status_code", .integer(entry.status))
    guard entry.status >= 500 else { return span.end() }
    span.set("error.type", .text("\(entry.status)"))
    span.end(.error(entry.code?.name ?? ""))
  }

  /// Begins the span of a subscription, which follows from its socket's upgrade and lasts as long as the
  /// subscription.
  func beginSpan(_ channel: Transcoding.Channel, _ admission: WebSocketAdmission) -> ActiveSpan? {
    guard let upgrade = admission.span?.recording else { return admission.span }
    return ActiveSpan(
      upgrade.child(
        "subscribe \(channel.name)", .server,
        [SpanAttribute("alphintra.channel", .text(channel.name))]))
  }

  /// The span that sent a request: the trace begins anew where the headers name none, or several (W3C Trace
  /// Context, section 4.2).
  private static func parent(in headers: HTTPHeaders) -> SpanContext? {
    let traceparent = headers[SpanContext.HeaderName.traceparent]
    guard traceparent.count == 1 else { return nil }
    return SpanContext(
      traceparent: traceparent[0], tracestate: headers[SpanContext.HeaderName.tracestate])
  }
}
