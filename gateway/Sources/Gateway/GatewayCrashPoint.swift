internal import ProcessKit

/// The points at which tests end the gateway (`crash.at`), to show what survives.
public enum GatewayCrashPoint: String, CaseIterable, Sendable {
  /// A request has found its route, and nothing is done for it.
  case requestRouted = "request.routed"
  /// A request has taken its place in its caller's window, also in the store that gateways share.
  case requestCounted = "request.counted"
  /// A request is about to be handed on to its service.
  case requestBeforeCall = "request.before_call"
  /// The service has done it, and nothing is written to the client.
  case requestAnswered = "request.answered"
  /// Half of the answer is with the client.
  case responseHalfWritten = "response.half_written"
  /// The whole answer is with the socket, and nothing is noted of that.
  case responseWritten = "response.written"
  /// A WebSocket is granted, and the client does not know.
  case webSocketAdmitted = "websocket.admitted"
  /// A WebSocket is open, and nothing is subscribed to.
  case webSocketOpened = "websocket.opened"
  /// A subscription is counted, and its stream is not opened.
  case subscriptionCounted = "subscription.counted"
  /// The state that a stream begins with has come, and is not sent.
  case subscriptionSnapshot = "subscription.snapshot"
  /// A change has come by a stream, and is not sent.
  case subscriptionUpdate = "subscription.update"
  /// Half of a subscription's message is with the client.
  case messageHalfWritten = "message.half_written"
  /// A subscription's message is with the socket.
  case messageWritten = "message.written"
  /// The gateway was told to stop, and has begun to.
  case drainBegun = "drain.begun"
}

extension CrashPoints {
  /// Ends the process here, if the setting names this point.
  ///
  /// - Parameter lastAct: What is done before the end, and only then.
  func reach(_ point: GatewayCrashPoint, lastAct: () -> Void = {}) {
    reach(point.rawValue, lastAct: lastAct)
  }
}
