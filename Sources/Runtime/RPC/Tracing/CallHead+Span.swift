package import Observability

extension CallHead {
  /// Begins the span of a call, from its opening to its end, and makes it the one that sends the call.
  ///
  /// - Parameter target: the service that is called, as the channel knows it.
  /// - Returns: nil where the call is not recorded. Its metadata say so then: who answers does not decide again.
  package mutating func beginSpan(_ tracer: Tracer, target: String?) -> Span? {
    let parent = SpanContext(self.metadata)
    let method = self.method
    let active =
      if let local = self.localParent, local.context == parent {
        // What follows from a span that this process records is recorded, too.
        ActiveSpan(local.child(RPCSpan.call(method), .client, RPCSpan.attributes(method)))
      } else {
        tracer.begin(RPCSpan.call(method), .client, parent: parent, RPCSpan.attributes(method))
      }
    if let target { active.recording?.set("server.address", .text(target)) }
    if active.context != parent { self.metadata.setSpan(active.context) }
    self.span = active.recording
    return active.recording
  }

  /// Begins the span of an attempt of a call that is recorded, and makes it the one that sends it.
  package mutating func beginAttempt() -> Span? {
    guard let call = self.span else { return nil }
    var attributes = RPCSpan.attributes(self.method)
    attributes.append(SpanAttribute("previous-rpc-attempts", .integer(self.previousAttempts)))
    attributes.append(SpanAttribute("transparent-retry", .flag(self.isTransparentRetry)))
    let span = call.child(RPCSpan.attempt(self.method), .client, attributes)
    self.metadata.setSpan(span.context)
    return span
  }
}
