internal import EdgeClient
internal import MarketDataContract
internal import Protobuf

/// An open WebSocket: subscriptions out, typed messages in.
public struct PlatformStream: Sendable {
  private let socket: EdgeWebSocket

  init(_ socket: EdgeWebSocket) { self.socket = socket }

  /// What the gateway sends, in order; ends when either side closes.
  public var messages: AsyncThrowingMapSequence<AsyncStream<String>, StreamMessage> {
    socket.messages.map { text in try StreamMessage(text) }
  }

  /// The code with which the gateway closed, once ``messages`` have ended; nil if the connection just ended.
  public var closeCode: UInt16? { socket.closeCode }

  /// Subscribes to the quotes of symbols.
  public func subscribeToQuotes(of symbols: [String], id: String) async throws {
    let request = MarketDataV1.SubscribeQuotesRequest.with { $0.symbols = symbols }
    try await subscribe("quotes", id: id, parameters: request.jsonString())
  }

  /// Subscribes to the user's orders.
  public func subscribeToOrders(id: String) async throws {
    try await subscribe("orders", id: id, parameters: "{}")
  }

  /// Closes a channel.
  public func unsubscribe(id: String) async throws {
    try await socket.send(#"{"type":"unsubscribe","id":"\#(id)"}"#)
  }

  /// Sends any text, for messages that are wrong on purpose.
  public func send(_ text: String) async throws { try await socket.send(text) }

  private func subscribe(_ channel: String, id: String, parameters: String) async throws {
    try await socket.send(
      #"{"type":"subscribe","id":"\#(id)","channel":"\#(channel)","params":\#(parameters)}"#)
  }
}

extension PlatformClient {
  /// Opens a WebSocket for the length of a closure, as the token's user if there is one.
  public func withStream<Result: Sendable>(
    _ body: @Sendable (PlatformStream) async throws -> Result
  ) async throws -> Result {
    try await edge.withWebSocket(token: token) { try await body(PlatformStream($0)) }
  }
}
