import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a pod as the kubelet does.
enum ProbeClient {
  /// Whether the probe's question is answered well, in time.
  static func asks(_ probe: Probe, _ container: Container, at address: String) async -> Bool {
    let answer = Task { await answers(probe, container, address) }
    let clock = Task {
      try await Task.sleep(for: probe.timeout)
      answer.cancel()
    }
    defer { clock.cancel() }
    return await withTaskCancellationHandler {
      await answer.value
    } onCancel: {
      answer.cancel()
    }
  }

  private static func answers(
    _ probe: Probe, _ container: Container, _ address: String
  ) async -> Bool {
    do {
      if let get = probe.httpGet {
        guard let port = container.port(get.port) else { return false }
        return (200..<400).contains(try await status(of: get.path ?? "/", address, port))
      }
      if let socket = probe.tcpSocket {
        guard let port = container.port(socket.port) else { return false }
        let channel = try await bootstrap.connect(host: address, port: port).get()
        try await channel.close()
      }
      // Anything else is asked of stores, which this platform runs in its own way.
      return true
    } catch {
      return false
    }
  }

  private static func status(
    of path: String, _ address: String, _ port: Int
  ) async throws -> Int {
    let channel = try await bootstrap.connect(host: address, port: port) { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
          wrappingChannelSynchronously: channel)
      }
    }
    return try await channel.executeThenClose { inbound, outbound in
      let headers: HTTPHeaders = ["Host": "\(address):\(port)", "Connection": "close"]
      try await outbound.write(
        .head(HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)))
      try await outbound.write(.end(nil))
      for try await case .head(let head) in inbound { return Int(head.status.code) }
      throw ChannelError.eof
    }
  }

  private static var bootstrap: ClientBootstrap {
    ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(.seconds(10))
  }
}
