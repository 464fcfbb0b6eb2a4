import NIOCore
public import NIOHTTP1
import NIOPosix
import TLS
import TLSChannel

/// A client of the edge as a person or a script is one: REST over HTTPS, a connection for each request.
public struct EdgeClient: Sendable {
  /// A response is refused beyond this size.
  public static let maximumResponseBytes = 16 << 20

  /// What the edge answered.
  public struct Response: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The headers.
    public let headers: HTTPHeaders
    /// The body.
    public let body: [UInt8]
    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// What can go wrong before there is an answer.
  public enum Failure: Error, Sendable {
    /// The connection ended before the response did.
    case incompleteResponse
    /// The response exceeds ``EdgeClient/maximumResponseBytes``.
    case responseTooLarge
    /// The server did not agree to a WebSocket.
    case notUpgraded
  }

  let host: String
  let port: Int
  let context: TLSContext

  /// A client that trusts the authorities of a PEM file.
  public init(host: String = "localhost", port: Int, trustedAuthoritiesPath: String) throws {
    self.host = host
    self.port = port
    context = try TLSContext(
      .client(
        identity: nil, trustedAuthoritiesPath: trustedAuthoritiesPath,
        expecting: TLSConfiguration.ExpectedServer(host: host),
        applicationProtocols: ["http/1.1"]))
  }

  /// Sends one request.
  ///
  /// - Parameters:
  ///   - path: The path with its query.
  ///   - json: The body; sent as `application/json`.
  ///   - token: An access token, sent as `Authorization: Bearer`.
  public func send(
    _ method: HTTPMethod, _ path: String, json: [UInt8]? = nil, token: String? = nil,
    headers extra: HTTPHeaders = [:]
  ) async throws -> Response {
    let channel = try await connect { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(TLSHandler(context))
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
          wrappingChannelSynchronously: channel)
      }
    }
    var headers = requestHeaders(token: token)
    headers.add(contentsOf: extra)
    headers.add(name: "Connection", value: "close")
    if let json {
      if !headers.contains(name: "Content-Type") {
        headers.add(name: "Content-Type", value: "application/json")
      }
      headers.replaceOrAdd(name: "Content-Length", value: "\(json.count)")
    }
    let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
    return try await channel.executeThenClose { inbound, outbound in
      do {
        try await outbound.write(.head(head))
        if let json { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: json)))) }
        try await outbound.write(.end(nil))
      } catch is ChannelError {
        // Who refuses a request early answers and closes before all of it was sent: the answer counts.
      }
      return try await Self.collect(inbound)
    }
  }

  func connect<Output: Sendable>(
    _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Output>
  ) async throws -> Output {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connect(host: host, port: port, channelInitializer: initializer)
  }

  func requestHeaders(token: String?) -> HTTPHeaders {
    var headers: HTTPHeaders = ["Host": "\(host):\(port)"]
    if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
    return headers
  }

  private static func collect(
    _ parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>
  ) async throws -> Response {
    var head: HTTPResponseHead?
    var body: [UInt8] = []
    for try await part in parts {
      switch part {
      case .head(let received):
        head = received
      case .body(let bytes):
        guard body.count + bytes.readableBytes <= maximumResponseBytes else {
          throw Failure.responseTooLarge
        }
        body.append(contentsOf: bytes.readableBytesView)
      case .end:
        guard let head else { throw Failure.incompleteResponse }
        return Response(status: Int(head.status.code), headers: head.headers, body: body)
      }
    }
    throw Failure.incompleteResponse
  }
}
