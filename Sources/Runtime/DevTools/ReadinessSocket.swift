import NIOCore
import NIOPosix

/// The receiving end of the sd_notify(3) protocol: a datagram socket to which one child tells its state.
struct ReadinessSocket {
  /// The socket's path, for the child's `NOTIFY_SOCKET`.
  let path: String
  private let channel: any Channel
  private let messages: AsyncStream<String>

  /// Binds the socket, replacing one left at the path by an earlier run.
  static func bind(path: String) async throws -> ReadinessSocket {
    let (messages, continuation) = AsyncStream.makeStream(of: String.self)
    let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Receiver(continuation: continuation))
        }
      }
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    return ReadinessSocket(path: path, channel: channel, messages: messages)
  }

  /// Returns when the child has sent `READY=1`; `false` when the socket was closed before.
  func waitUntilReady() async -> Bool {
    for await message in messages where message.split(separator: "\n").contains("READY=1") {
      return true
    }
    return false
  }

  /// Closes the socket and removes its file.
  func close() async {
    try? await channel.close()
    try? await NonBlockingFileIO(threadPool: .singleton)
      .unlink(path: path, eventLoop: channel.eventLoop).get()
  }

  private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    let continuation: AsyncStream<String>.Continuation

    init(continuation: AsyncStream<String>.Continuation) {
      self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      continuation.yield(String(buffer: unwrapInboundIn(data).data))
    }

    func channelInactive(context: ChannelHandlerContext) {
      continuation.finish()
    }
  }
}
