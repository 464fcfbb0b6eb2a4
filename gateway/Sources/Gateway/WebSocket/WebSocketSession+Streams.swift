internal import Observability
internal import RPC
internal import Transcoding

/// The RPC behind each subscription.
extension WebSocketSession {
  /// Streams until the subscription ends, as one span.
  func run(_ call: ChannelCall, of channel: Channel, on upstream: any RPCChannel, id: String) async
  {
    do throws(Problem) {
      // Last, so that a subscription which is refused for another reason does not count.
      try await edge.countSubscription(channel.method, user, admission)
    } catch {
      if !Task.isCancelled { end(id, with: error) }
      return
    }
    guard !Task.isCancelled else { return }
    edge.crashPoints.reach(.subscriptionCounted)
    let span = edge.beginSpan(channel, admission)
    await ActiveSpan.$current.withValue(span) {
      await stream(call, of: channel, on: upstream, id: id)
    }
    span?.recording?.end()
  }

  /// Opens the RPC, and opens it again when the service goes away.
  private func stream(
    _ call: ChannelCall, of channel: Channel, on upstream: any RPCChannel, id: String
  ) async {
    var backoff = limits.minimumBackoff
    while !Task.isCancelled {
      let interruption: RPCError
      do throws(RPCError) {
        let token = channel.needsUser ? user?.token : nil
        let options = CallOptions(metadata: try metadata(token: token))
        try await call.stream(on: upstream, options: options) { message in
          await self.deliver(message, of: channel, id: id)
        }
        interruption = RPCError(.unavailable, "the service ended the stream")
      } catch {
        interruption = error
      }
      guard !Task.isCancelled else { return }
      let problem = Problem(interruption, of: channel.method)
      guard Self.isTemporary(interruption) else {
        end(id, with: problem)
        return
      }
      if subscriptions[id]?.isStreaming == true {
        // The client has seen data: it must know that they are no longer live.
        endWindow(of: channel, id: id)
        subscriptions[id]?.isStreaming = false
        send(ServerMessage.interrupted(id, channel.name, problem))
        backoff = limits.minimumBackoff
      }
      // Clients of one service do not all come back in the same moment.
      try? await Task.sleep(for: backoff * Double.random(in: 0.5...1))
      backoff = min(backoff * 2, limits.maximumBackoff)
    }
  }

  private func deliver(_ message: ChannelMessage, of channel: Channel, id: String) {
    guard !Task.isCancelled, let subscription = subscriptions[id] else { return }
    if !subscription.isOpen { send(ServerMessage.subscribed(id, channel.name)) }
    subscriptions[id]?.isOpen = true
    subscriptions[id]?.isStreaming = true
    edge.crashPoints.reach(
      message.kind == .snapshot ? .subscriptionSnapshot : .subscriptionUpdate)
    pace(message, of: channel, id: id)
  }

  /// What every RPC of this socket carries.
  func metadata(token: String?) throws(RPCError) -> Metadata {
    var metadata = Metadata()
    do {
      try metadata.add(ServerContext.correlationIDName, admission.correlationID)
      if let token { try metadata.add("authorization", "Bearer \(token)") }
    } catch {
      throw RPCError(.unauthenticated, "the access token holds characters that no token has")
    }
    return metadata
  }

  /// Whether opening the stream again can help.
  private static func isTemporary(_ error: RPCError) -> Bool {
    switch error.code {
    case .unavailable, .deadlineExceeded, .aborted, .cancelled, .unknown, .internal,
      .resourceExhausted:
      true
    default: false
    }
  }
}
