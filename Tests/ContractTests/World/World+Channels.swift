import Core
import EdgeClient
import Foundation
import Gateway
import NIOCore
import NIOPosix
import RPC
import TLS
import TestSupport

extension World {
  /// Runs a gateway on a socket for the length of a closure.
  ///
  /// - Parameter heartbeat: How long channels are silent whose contract states heartbeats.
  func withGateway(
    heartbeat: Duration = patience, _ body: (EdgeClient) async throws -> Void
  ) async throws {
    let certificates = try TestCertificates()
    var configuration = GatewayConfiguration(rateLimits: .none)
    configuration.limits.handshakeTimeout = Self.patience
    configuration.limits.webSocket.heartbeatInterval = Self.patience
    configuration.limits.webSocket.stallTimeout = Self.patience
    configuration.limits.webSocket.minimumBackoff = .milliseconds(1)
    let gateway = try Gateway(
      configuration, routes: routes, channels: channels(heartbeat: heartbeat),
      upstreams: upstreams, accessController: access,
      tls: TLSContextSource(
        .server(
          identity: certificates.edge(), clientAuthentication: .none,
          applicationProtocols: ["http/1.1"])),
      logger: .quiet)
    let address = try await gateway.start(
      host: "127.0.0.1", port: 0, on: MultiThreadedEventLoopGroup.singleton)
    let client = try EdgeClient(
      port: address.port ?? 0, trustedAuthoritiesPath: certificates.authorityPath)
    let result: Result<Void, any Error>
    do { result = .success(try await body(client)) } catch { result = .failure(error) }
    await gateway.drain()
    try result.get()
  }
}

/// What is said over one WebSocket.
struct Conversation {
  /// A message of the gateway.
  struct Said {
    let text: String

    var members: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:]
    }

    var type: String? { members["type"] as? String }
  }

  /// The gateway ended the WebSocket, or the test ran out of time.
  struct Ended: Error {}

  /// The subscription that the tests open.
  static let id = "a 1"

  private let socket: EdgeWebSocket
  private var messages: AsyncStream<String>.Iterator

  init(_ socket: EdgeWebSocket) {
    self.socket = socket
    messages = socket.messages.makeAsyncIterator()
  }

  /// Says who the user is.
  func authenticate(_ token: String) async throws {
    try await socket.send(#"{"type":"authenticate","token":"\#(token)"}"#)
  }

  /// Subscribes to a channel with a request in JSON.
  func subscribe(to channel: ChannelCase, _ request: String) async throws {
    try await socket.send(Self.subscription(to: channel, request))
  }

  /// What a client says to subscribe.
  static func subscription(to channel: ChannelCase, _ request: String) -> String {
    let subscription = #""id":"\#(id)","channel":"\#(channel.name)""#
    return #"{"type":"subscribe",\#(subscription),"params":\#(request)}"#
  }

  /// The next message.
  mutating func next() async throws -> Said {
    guard let text = await messages.next(isolation: #isolation) else { throw Ended() }
    return Said(text: text)
  }

  /// The next message of one of the types; others are passed over.
  mutating func next(_ types: String...) async throws -> Said {
    while true {
      let said = try await next()
      if let type = said.type, types.contains(type) { return said }
    }
  }
}

extension EdgeClient {
  /// What the gateway says to a subscriber, from the answer on.
  func said(
    to channel: ChannelCase, _ request: Sample, _ user: TestUser, count: Int
  ) async throws -> [String] {
    try await withWebSocket(token: user.token) { socket in
      var conversation = Conversation(socket)
      if user.token != nil { _ = try await conversation.next("authenticated") }
      try await conversation.subscribe(to: channel, request.json())
      var said: [String] = []
      for _ in 0..<count { said.append(try await conversation.next().text) }
      return said
    }
  }
}
