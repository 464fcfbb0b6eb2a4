internal import DequeModule
internal import NIOCore

/// The end of one connection to Redis: commands in order, replies in the same order.
///
/// A reply that takes too long ends the connection, so that no later one is taken for it.
final class RedisConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Commands that wait for their replies at once; one more is not sent.
  static let waitingLimit = 4_096

  private struct Waiting {
    let due: NIODeadline
    let answer: (Result<RESPValue, RedisUnavailable>) -> Void
  }

  private let timeout: TimeAmount
  private var waiting: Deque<Waiting> = []
  private var received = ByteBuffer()
  private var context: ChannelHandlerContext?
  private var timer: Scheduled<Void>?
  private var failure = RedisUnavailable(reason: "the connection has ended")

  init(timeout: TimeAmount) {
    self.timeout = timeout
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    failAll()
  }

  /// Sends a command; `answer` is called once.
  func send(
    _ command: [UInt8], _ answer: @escaping (Result<RESPValue, RedisUnavailable>) -> Void
  ) {
    guard let context else { return answer(.failure(failure)) }
    guard waiting.count < Self.waitingLimit else {
      return answer(.failure(RedisUnavailable(reason: "\(waiting.count) commands wait already")))
    }
    waiting.append(Waiting(due: .now() + timeout, answer: answer))
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: command)), promise: nil)
    if timer == nil { arm(context) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    received.writeBuffer(&bytes)
    do throws(RESPError) {
      while let reply = try RESP.reply(&received) {
        guard let first = waiting.popFirst() else {
          return end(context, "a reply came that nobody asked for")
        }
        first.answer(.success(reply))
      }
    } catch {
      return end(context, error.description)
    }
    received.discardReadBytes()
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    failAll()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(context, "\(error)")
  }

  /// One timer for the first that waits: those behind it are due later.
  private func arm(_ context: ChannelHandlerContext) {
    guard let first = waiting.first else {
      timer = nil
      return
    }
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: first.due) {
      self.timer = nil
      guard let context = self.context, let first = self.waiting.first else { return }
      guard first.due > .now() else {
        return self.end(context, "no reply within \(self.timeout.nanoseconds / 1_000_000) ms")
      }
      self.arm(context)
    }
  }

  private func end(_ context: ChannelHandlerContext, _ reason: String) {
    failure = RedisUnavailable(reason: reason)
    self.context = nil
    failAll()
    context.close(promise: nil)
  }

  private func failAll() {
    timer?.cancel()
    timer = nil
    while let first = waiting.popFirst() { first.answer(.failure(failure)) }
  }
}

/// Redis did not answer; whether it has done what it was asked is unknown.
struct RedisUnavailable: Error, Hashable, CustomStringConvertible {
  let reason: String

  var description: String { reason }
}
