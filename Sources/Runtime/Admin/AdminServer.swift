import Glibc
public import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
public import Observability

/// A process's answers to its operators, in plain HTTP/1.1 on a listener of its own.
///
/// | path | answer |
/// |---|---|
/// | `/metrics` | the metrics, in the text format of Prometheus |
/// | `/healthz` | 200: the process answers |
/// | `/readyz` | 200 if it takes new work, else 503 and what is missing |
/// | `/` | a page for people |
public final class AdminServer: Sendable {
  /// The most connections at once: more are closed as they come.
  static let connectionLimit = 64
  /// How long a connection may be open: a request is asked for and answered within.
  static let connectionTimeout: TimeAmount = .seconds(60)

  /// The address that was bound, such as `127.0.0.1:9464`.
  public let address: String
  private let channel: any Channel
  private let lag: EventLoopLag

  private init(_ channel: any Channel, _ address: String, _ lag: EventLoopLag) {
    self.channel = channel
    self.address = address
    self.lag = lag
  }

  /// Starts to answer, and to watch the process and its event loops.
  ///
  /// - Throws: ``AdminPortTaken``, or what else keeps it from listening.
  public static func start(
    _ diagnostics: Diagnostics, _ configuration: AdminConfiguration, logger: Logger
  ) async throws -> AdminServer {
    let group = MultiThreadedEventLoopGroup.singleton
    let pages = AdminPages(diagnostics)
    let open = ConnectionCount(limit: connectionLimit)
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard open.enter(until: channel.closeFuture) else {
            throw ChannelError.operationUnsupported
          }
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
          try pipeline.addHandler(AdminHandler(pages))
        }
      }
    let channel: any Channel
    do {
      channel = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw AdminPortTaken(host: configuration.host, port: configuration.port)
    }
    diagnostics.metrics.addProcess()
    let lag = EventLoopLag(of: group, diagnostics.metrics)
    let port = channel.localAddress?.port ?? configuration.port
    let host = configuration.host
    let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    logger.info("answering operators", metadata: ["address": "\(address)"])
    return AdminServer(channel, address, lag)
  }

  /// Stops to answer.
  public func stop() async {
    lag.stop()
    try? await channel.close().get()
  }
}

/// Something else listens where a process is to answer its operators.
public struct AdminPortTaken: Error, Sendable, Hashable, CustomStringConvertible {
  /// The address.
  public let host: String
  /// The port.
  public let port: Int

  /// What is taken, and what to do.
  public var description: String {
    "\(host):\(port) is taken: stop what listens there (`ss -ltnp`), or set ADMIN_PORT"
  }
}
