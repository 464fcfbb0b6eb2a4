internal import Core
internal import NIOCore
internal import Transcoding

/// How often a subscription speaks: at most, by conflation, and at least, by heartbeats.
struct SubscriptionPace {
  var window = ConflationWindow()
  var windowTimer: Scheduled<Void>?
  var heartbeatTimer: Scheduled<Void>?
  /// When the client was last sent a message.
  var lastSent = NIODeadline.now()
  /// The sequence of that message.
  var lastSequence: Int64 = 0

  /// Ends both timers.
  func cancel() {
    windowTimer?.cancel()
    heartbeatTimer?.cancel()
  }
}

extension WebSocketSession {
  /// Sends a message of a stream, now or at the end of its window.
  func pace(_ message: ChannelMessage, of channel: Transcoding.Channel, id: String) {
    guard let interval = channel.conflationInterval, let key = message.conflationKey else {
      // A snapshot is the whole state: what is held back says nothing any more.
      if message.kind == .snapshot { subscriptions[id]?.pace.window.clear() }
      dispatch(message, of: channel, id: id)
      return
    }
    guard var window = subscriptions[id]?.pace.window else { return }
    let wasOpen = window.isOpen
    let goesNow = window.admit(message, key)
    subscriptions[id]?.pace.window = window
    if goesNow { dispatch(message, of: channel, id: id) }
    if !wasOpen { startWindow(interval, of: channel, id: id) }
    // More keys than the queue would take: it decides.
    if window.count > limits.queuedMessages { endWindow(of: channel, id: id) }
  }

  private func startWindow(_ interval: Duration, of channel: Transcoding.Channel, id: String) {
    subscriptions[id]?.pace.windowTimer?.cancel()
    subscriptions[id]?.pace.windowTimer = loop.scheduleTask(in: interval.timeAmount) {
      self.assumeIsolated { $0.endWindow(of: channel, id: id) }
    }
  }

  /// Sends what is held back.
  func endWindow(of channel: Transcoding.Channel, id: String) {
    guard let messages = subscriptions[id]?.pace.window.end(), !messages.isEmpty else { return }
    for message in messages { dispatch(message, of: channel, id: id) }
    if let interval = channel.conflationInterval { startWindow(interval, of: channel, id: id) }
  }

  private func dispatch(_ message: ChannelMessage, of channel: Transcoding.Channel, id: String) {
    subscriptions[id]?.pace.lastSent = .now()
    subscriptions[id]?.pace.lastSequence = message.sequence
    send(message, of: id, channel.name)
    if let interval = channel.heartbeatInterval, subscriptions[id]?.pace.heartbeatTimer == nil {
      awaitSilence(interval.timeAmount, of: channel, id: id)
    }
  }

  /// Looks after a while whether the subscription was silent all the time.
  private func awaitSilence(_ time: TimeAmount, of channel: Transcoding.Channel, id: String) {
    subscriptions[id]?.pace.heartbeatTimer = loop.scheduleTask(in: time) {
      self.assumeIsolated { $0.breakSilence(of: channel, id: id) }
    }
  }

  private func breakSilence(of channel: Transcoding.Channel, id: String) {
    guard let subscription = subscriptions[id],
      let interval = channel.heartbeatInterval?.timeAmount
    else { return }
    let silence = NIODeadline.now() - subscription.pace.lastSent
    guard silence >= interval else {
      awaitSilence(interval - silence, of: channel, id: id)
      return
    }
    // While the stream is interrupted there is no life to give a sign of.
    if subscription.isStreaming {
      send(
        ServerMessage.heartbeat(
          id, channel.name, sequence: subscription.pace.lastSequence, edge.clock.now))
    }
    subscriptions[id]?.pace.lastSent = .now()
    awaitSilence(interval, of: channel, id: id)
  }
}
