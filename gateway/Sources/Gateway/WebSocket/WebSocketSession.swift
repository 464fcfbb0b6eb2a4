internal import Core
internal import Logging
internal import NIOCore
internal import RPC
internal import Transcoding

/// One client's WebSocket: who it is, what it is subscribed to, what waits for it.
///
/// The actor lives on the connection's loop, so the socket's events reach it without a hop.
actor WebSocketSession: WebSocketEndpoint {
  struct Subscription {
    let channel: Transcoding.Channel
    let task: Task<Void, Never>
    /// Whether the client was told that it is open.
    var isOpen = false
    /// Whether the stream that runs now has sent something.
    var isStreaming = false
    var pace = SubscriptionPace()

    /// Ends the stream and its timers.
    func cancel() {
      task.cancel()
      pace.cancel()
    }
  }

  nonisolated let unownedExecutor: UnownedSerialExecutor

  let edge: Edge
  let limits: WebSocketLimits
  let admission: WebSocketAdmission
  let loop: any EventLoop
  private var link: NIOLoopBound<WebSocketHandler>?
  private var queue: OutboundQueue
  private var pumpIsScheduled = false
  private var isPumping = false
  var expiryTimer: Scheduled<Void>?
  var user: UserIdentity?
  var subscriptions: [String: Subscription] = [:]

  init(_ edge: Edge, _ admission: WebSocketAdmission, on loop: any EventLoop) {
    self.edge = edge
    self.limits = edge.limits.webSocket
    self.admission = admission
    self.loop = loop
    self.unownedExecutor = loop.executor.asUnownedSerialExecutor()
    self.queue = OutboundQueue(
      messageLimit: edge.limits.webSocket.queuedMessages,
      byteLimit: edge.limits.webSocket.queuedBytes)
  }

  // MARK: - The socket

  nonisolated func opened(_ link: NIOLoopBound<WebSocketHandler>) {
    assumeIsolated { session in
      session.link = link
      session.edge.crashPoints.reach(.webSocketOpened)
      if let user = session.admission.user { session.accept(user) }
    }
  }

  nonisolated func received(_ message: WebSocketAssembler.Event) {
    assumeIsolated { session in
      switch message {
      case .text(let bytes): session.handle(Array(bytes.readableBytesView))
      default: session.close(.unsupportedData, "messages are JSON text")
      }
    }
  }

  nonisolated func becameWritable() {
    assumeIsolated { $0.pump() }
  }

  nonisolated func stalled() {
    assumeIsolated { session in
      session.closeSlowConsumer("too little was read for \(session.limits.stallTimeout)")
    }
  }

  nonisolated func heartbeat() {
    assumeIsolated { session in
      session.send(ServerMessage.heartbeat(session.edge.clock.now))
    }
  }

  nonisolated func drainRequested() {
    assumeIsolated { $0.close(.goingAway, "the gateway is shutting down") }
  }

  nonisolated func closed() {
    assumeIsolated { session in
      session.link = nil
      session.forgetUser()
      for subscription in session.subscriptions.values { subscription.cancel() }
      session.subscriptions = [:]
      session.queue.removeAll()
      session.expiryTimer?.cancel()
    }
  }

  /// Whether anything can still be sent.
  var isOpen: Bool { link != nil }

  func close(_ code: WebSocketCloseCode, _ reason: String) {
    link?.value.close(code, reason)
  }

  // MARK: - Messages out

  /// Sends an answer.
  func send(_ bytes: [UInt8]) {
    enqueue(OutboundQueue.Item(subscription: nil, conflation: nil, bytes: bytes))
  }

  /// Sends a snapshot or an update of a subscription.
  func send(_ message: ChannelMessage, of id: String, _ channel: String) {
    // A snapshot is the whole state: what waits from before it says nothing any more.
    if message.kind == .snapshot { queue.removeAll(of: id) }
    enqueue(
      OutboundQueue.Item(
        subscription: id,
        conflation: message.conflationKey.map { .init(subscription: id, key: $0) },
        isSnapshot: message.kind == .snapshot,
        bytes: ServerMessage.data(message, id, channel)))
  }

  func dropQueued(of id: String) {
    queue.removeAll(of: id)
  }

  private func enqueue(_ item: OutboundQueue.Item) {
    guard let link else { return }
    guard queue.append(item) else {
      closeSlowConsumer(
        "\(queue.count) messages of \(queue.byteCount) bytes wait: the reader is too slow")
      return
    }
    // A reader that takes nothing does not keep its place, conflation or not: the handler sees to that.
    guard !pumpIsScheduled, link.value.isWritable else { return }
    // Once per turn of the loop: what arrives together leaves in one write.
    pumpIsScheduled = true
    loop.execute { self.assumeIsolated { $0.pump() } }
  }

  private func pump() {
    pumpIsScheduled = false
    // The socket may become writable while it is being written to.
    guard !isPumping, let handler = link?.value else { return }
    isPumping = true
    defer { isPumping = false }
    var wroteMessages = false
    while handler.isWritable, !queue.isEmpty {
      // What is not flushed does not count as taken by the socket: without a limit all would leave
      // the queue at once.
      var room = limits.sentFrameBytes
      while room > 0, let piece = queue.popPiece(atMost: limits.sentFrameBytes) {
        if piece.subscription != nil {
          wroteMessages = true
          edge.crashPoints.reach(.messageHalfWritten) { handler.writeHalf(of: piece) }
        }
        handler.write(piece)
        room -= piece.bytes.count
      }
      handler.flush()
    }
    if wroteMessages { edge.crashPoints.reach(.messageWritten) }
  }

  private func closeSlowConsumer(_ reason: String) {
    edge.logger.notice(
      "slow consumer closed",
      metadata: ["correlation_id": "\(admission.correlationID)", "reason": "\(reason)"])
    close(.slowConsumer, reason)
  }

  // MARK: - Ends

  /// Ends a subscription for good.
  func end(_ id: String, with problem: Problem) {
    guard let subscription = subscriptions.removeValue(forKey: id) else { return }
    subscription.cancel()
    queue.removeAll(of: id)
    refuse(problem, id: id, channel: subscription.channel.name)
  }

  func refuse(_ problem: Problem, id: String?, channel: String? = nil) {
    send(
      ServerMessage.error(
        problem, id: id, channel: channel, correlationID: admission.correlationID))
  }
}

extension Transcoding.Channel {
  /// Whether only users may subscribe.
  var needsUser: Bool {
    if case .required = method.access.user { true } else { false }
  }
}
