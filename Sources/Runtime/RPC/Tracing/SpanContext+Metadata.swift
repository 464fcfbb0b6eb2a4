public import Observability

extension SpanContext {
  /// The span that sent a call, as its metadata say; nil if they name none, or several.
  ///
  /// gRPC carries W3C's two headers as metadata of the same names (gRFC A72, "Propagator Wire Format").
  public init?(_ metadata: Metadata) {
    guard let traceparent = metadata.only(HeaderName.traceparent) else { return nil }
    self.init(
      traceparent: traceparent,
      tracestate: metadata.elements.lazy.compactMap { element -> String? in
        guard element.name == HeaderName.tracestate, case .text(let text) = element.value else {
          return nil
        }
        return text
      })
  }
}

extension Metadata {
  /// Makes a span the one that sends this call.
  ///
  /// - Parameter text: its `traceparent`, where that is there already.
  package mutating func setSpan(_ context: SpanContext, as text: String? = nil) {
    self.remove(SpanContext.HeaderName.traceparent)
    self.remove(SpanContext.HeaderName.tracestate)
    self.addReceived(SpanContext.HeaderName.traceparent, .text(text ?? context.traceparent))
    guard !context.state.isEmpty else { return }
    self.addReceived(SpanContext.HeaderName.tracestate, .text(context.state.text))
  }

  /// The text under this name, if there is exactly one.
  fileprivate func only(_ name: String) -> String? {
    var found: String?
    for element in self.elements where element.name == name {
      guard found == nil, case .text(let text) = element.value else { return nil }
      found = text
    }
    return found
  }
}

extension ActiveSpan {
  /// The span that this task works for: the one that it was given, or that of the call it answers.
  public static var ambient: ActiveSpan? { self.current ?? ServerContext.current?.span }
}
