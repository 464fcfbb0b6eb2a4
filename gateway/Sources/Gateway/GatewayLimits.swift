internal import NIOCore

/// Every limit of the edge, by name.
public struct GatewayLimits: Sendable, Hashable {
  /// Connections at once; one more is closed before its handshake.
  public var connections = 10_000

  /// Connections at once of one address, of version 6 its first 64 bits; one more is closed before its handshake.
  ///
  /// Trusted proxies have as many as they like.
  public var connectionsPerAddress = 512

  /// Requests at work at once; one more is answered with 503.
  public var requestsInFlight = 4_096

  /// Bytes of one header field, and of the request's target.
  public var headerFieldBytes = 8 * 1024

  /// Bytes of all header fields of a request together.
  public var headerListBytes = 32 * 1024

  /// Header fields of a request.
  public var headerFields = 100

  /// Bytes of a request's body.
  public var bodyBytes = 1 << 20

  /// Bytes of all bodies together that the gateway holds, of requests that come in and of those at work; a request with
  /// more is answered with 503.
  public var allBodiesBytes = 64 << 20

  /// Bytes that may follow a request for another protocol (`Upgrade`, CONNECT) before it is answered; more end the
  /// connection.
  ///
  /// Nothing reads them until the connection is a WebSocket.
  public var earlyBytes = 64 * 1024

  /// How long a TLS handshake may take.
  public var handshakeTimeout: Duration = .seconds(10)

  /// How long a request's head may take from its first byte.
  public var headTimeout: Duration = .seconds(10)

  /// How long a request's body may take from the end of its head.
  public var bodyTimeout: Duration = .seconds(30)

  /// How long a client may take to read a response.
  public var responseTimeout: Duration = .seconds(30)

  /// How long a connection may be idle between requests.
  public var keepAliveTimeout: Duration = .seconds(60)

  /// How long a connection lingers after an early refusal, so that the answer arrives before the reset.
  public var lingerTimeout: Duration = .seconds(2)

  /// How long a request may take where its method states no deadline.
  public var requestDeadline: Duration = .seconds(15)

  /// How long a drain waits for requests and WebSockets before it closes what is left.
  public var drainTimeout: Duration = .seconds(20)

  /// The limits of a WebSocket.
  public var webSocket = WebSocketLimits()

  /// The limits as they are in production.
  public init() {}
}

/// Every limit of one WebSocket, by name.
///
/// What a slow reader makes the gateway keep is at most twice ``queuedBytes`` and one message, one message
/// that is being written, ``socketBytes`` and two frames of ``sentFrameBytes``, and one pong. A message is
/// the JSON of one message of the mesh, whose own limit is 4 MiB of protobuf; none but a snapshot is large.
public struct WebSocketLimits: Sendable, Hashable {
  /// Bytes of one frame of a client, and of one message in all its frames.
  public var messageBytes = 64 * 1024

  /// Messages and control frames that a client may send at once before the rate counts.
  public var messageBurst = 200

  /// Messages and control frames a second that a client may go on sending.
  public var messagesPerSecond = 100

  /// Subscriptions at once.
  public var subscriptions = 64

  /// Messages that wait for a slow reader.
  public var queuedMessages = 4_096

  /// Bytes of updates and answers that may wait for a slow reader when one more comes, beside those the
  /// socket has taken; and as many of snapshots.
  public var queuedBytes = 256 * 1024

  /// Bytes of one frame that the gateway sends: a longer message goes in several.
  public var sentFrameBytes = 32 * 1024

  /// Bytes that the socket takes before messages wait.
  public var socketBytes = 64 * 1024

  /// How long a reader may take too little for the socket to take more.
  public var stallTimeout: Duration = .seconds(30)

  /// How often the server sends a heartbeat and a ping; a client that is silent for three of them is
  /// closed.
  public var heartbeatInterval: Duration = .seconds(15)

  /// How long the closing handshake may take.
  public var closeTimeout: Duration = .seconds(5)

  /// The first wait before an ended stream is opened again; it doubles up to ``maximumBackoff``.
  public var minimumBackoff: Duration = .milliseconds(250)

  /// The longest wait before an ended stream is opened again.
  public var maximumBackoff: Duration = .seconds(10)

  /// The limits as they are in production.
  public init() {}
}

extension Duration {
  /// The same time for NIO's timers.
  var timeAmount: TimeAmount {
    let (seconds, attoseconds) = components
    return .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
