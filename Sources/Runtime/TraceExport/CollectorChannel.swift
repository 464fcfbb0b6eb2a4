internal import RPC
internal import RPCTransport
internal import Synchronization

/// The way to a collector: one connection, made when it is needed and again when it is lost.
///
/// Nothing of what goes over it is recorded: that would never end.
final class CollectorChannel: RPCChannel {
  private let collector: TraceExportConfiguration.Collector
  private let connection = Mutex<ClientConnection?>(nil)

  init(_ collector: TraceExportConfiguration.Collector) { self.collector = collector }

  func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
    if let connection = connection.withLock({ $0 }), connection.state == .ready {
      return try await connection.open(head)
    }
    var configuration = ClientConnection.Configuration(tls: collector.tls)
    configuration.connectTimeout = collector.timeout
    let fresh = try await ClientConnection.connect(
      host: collector.host, port: collector.port, configuration)
    connection.withLock { $0 = fresh }
    return try await fresh.open(head)
  }

  /// Ends the connection when the calls under way have ended.
  func close() {
    let connection = connection.withLock { connection in
      defer { connection = nil }
      return connection
    }
    connection?.close()
  }
}
