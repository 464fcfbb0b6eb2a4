internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import TLS
internal import TLSChannel

/// One connection to Redis that is opened again whenever it ends.
///
/// While there is none, commands fail at once: nobody waits for a server that is away.
final class RedisClient: Sendable {
  /// The first wait before a connection is opened again; it doubles up to ``maximumBackoff``.
  static let minimumBackoff: TimeAmount = .milliseconds(100)
  /// The longest wait before a connection is opened again.
  static let maximumBackoff: TimeAmount = .seconds(5)

  /// What belongs to the loop.
  private struct State {
    var handler: RedisConnectionHandler?
    var channel: (any NIOCore.Channel)?
    var backoff = RedisClient.minimumBackoff
    var isStopped = false
    /// Whether it was said that there is no connection: once is enough.
    var isToldAway = false
  }

  private let address: RedisAddress
  private let context: TLSContext?
  private let timeout: TimeAmount
  private let loop: any EventLoop
  private let state: NIOLoopBoundBox<State>
  private let up = Atomic(false)
  private let logger: Logger

  /// A client that is not connected yet.
  ///
  /// - Parameter timeout: How long the server may take to answer, and a connection to be made.
  init(
    _ address: RedisAddress, _ context: TLSContext?, timeout: Duration, loop: any EventLoop,
    logger: Logger
  ) {
    self.address = address
    self.context = context
    self.timeout = timeout.timeAmount
    self.loop = loop
    state = .makeBoxSendingValue(State(), eventLoop: loop)
    self.logger = logger
  }

  /// Whether there is a connection.
  var isUp: Bool { up.load(ordering: .relaxed) }

  /// Begins to connect.
  func start() {
    loop.execute { self.connect() }
  }

  /// Ends the connection, for good.
  func stop() {
    loop.execute {
      self.state.value.isStopped = true
      self.state.value.channel?.close(promise: nil)
    }
  }

  /// Sends a command and waits for its reply.
  func send(_ command: [String]) async throws(RedisUnavailable) -> RESPValue {
    let bytes = RESP.command(command)
    let result = await withCheckedContinuation { continuation in
      loop.execute {
        guard let handler = self.state.value.handler else {
          continuation.resume(
            returning: Result<RESPValue, RedisUnavailable>.failure(
              RedisUnavailable(reason: "there is no connection to \(self.address)")))
          return
        }
        handler.send(bytes) { continuation.resume(returning: $0) }
      }
    }
    return try result.get()
  }

  // MARK: - On the loop

  private func connect() {
    guard !state.value.isStopped else { return }
    let (context, timeout) = (context, timeout)
    ClientBootstrap(group: loop)
      .connectTimeout(timeout)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(TLSHandler(context))
          }
          try channel.pipeline.syncOperations.addHandler(RedisConnectionHandler(timeout: timeout))
        }
      }
      .connect(host: address.host, port: address.port)
      .hop(to: loop).assumeIsolated()
      .whenComplete { result in
        switch result {
        case .success(let channel): self.greet(channel)
        case .failure(let error): self.lost("\(error)")
        }
      }
  }

  private func greet(_ channel: any NIOCore.Channel) {
    guard !state.value.isStopped,
      let handler = try? channel.pipeline.syncOperations.handler(type: RedisConnectionHandler.self)
    else {
      channel.close(promise: nil)
      return
    }
    state.value.channel = channel
    channel.closeFuture.assumeIsolated().whenComplete { _ in self.lost("the connection has ended") }
    greet(handler, address.greeting + [["PING"]])
  }

  /// Says who asks, command by command; the last answer is that of a server that is ready.
  private func greet(_ handler: RedisConnectionHandler, _ commands: [[String]]) {
    guard let first = commands.first else { return ready(handler) }
    handler.send(RESP.command(first)) { result in
      switch result {
      case .success(.text): self.greet(handler, Array(commands.dropFirst()))
      case .success(let reply): self.refused("\(first[0]) was answered with \(reply)")
      case .failure(let error): self.refused(error.reason)
      }
    }
  }

  private func refused(_ reason: String) {
    tellAway(reason)
    state.value.channel?.close(promise: nil)
  }

  private func ready(_ handler: RedisConnectionHandler) {
    state.value.handler = handler
    state.value.backoff = Self.minimumBackoff
    state.value.isToldAway = false
    up.store(true, ordering: .relaxed)
    logger.notice("redis is there", metadata: ["address": "\(address)"])
  }

  private func lost(_ reason: String) {
    state.value.handler = nil
    state.value.channel = nil
    up.store(false, ordering: .relaxed)
    guard !state.value.isStopped else { return }
    tellAway(reason)
    let wait = state.value.backoff
    state.value.backoff = min(.nanoseconds(wait.nanoseconds * 2), Self.maximumBackoff)
    // Gateways that lost one server do not all come back in the same moment.
    let share = Double.random(in: 0.5...1)
    loop.assumeIsolated().scheduleTask(
      in: .nanoseconds(Int64(Double(wait.nanoseconds) * share))
    ) { self.connect() }
  }

  private func tellAway(_ reason: String) {
    guard !state.value.isToldAway else { return }
    state.value.isToldAway = true
    logger.warning(
      "redis is away: limits are counted by each gateway",
      metadata: ["address": "\(address)", "reason": "\(reason)"])
  }
}
