public import Protobuf
public import RPC

/// One WebSocket channel: how a subscription becomes a server-streaming RPC.
///
///     Channel(
///       "quotes", MarketDataV1.MarketDataServiceMethods.subscribeQuotes,
///       request: MarketDataV1.SubscribeQuotesRequest.self,
///       response: MarketDataV1.QuoteUpdate.self,
///       keys: ["symbols"],
///       snapshot: { if case .snapshot(let value)? = $0.change { value } else { nil } },
///       update: { if case .quote(let value)? = $0.change { value } else { nil } },
///       sequence: { $0.sequence },
///       overflow: .conflate { $0.symbol })
public struct Channel: Sendable {
  /// What happens to updates of type `Update` that a slow reader has not taken yet.
  public enum Overflow<Update: Message>: Sendable {
    /// No update may be lost: the connection is closed.
    case disconnect
    /// An update replaces an earlier one of the same key.
    ///
    /// With an interval no subscriber gets more than one of a key in it; without, only a slow reader
    /// gets fewer than all.
    case conflate(every: Duration? = nil, by: @Sendable (Update) -> String)
  }

  /// The name clients subscribe to.
  public let name: String

  /// The server-streaming RPC.
  public let method: MethodDescriptor

  /// The request's fields that select what is streamed, in proto names.
  public let keys: [String]

  /// Whether updates are conflated for a slow reader.
  public let conflates: Bool

  /// The least time between two updates of a key to one subscriber; nil for none.
  public let conflationInterval: Duration?

  /// The longest time without a message to a subscriber, who then gets a heartbeat; nil for no
  /// heartbeats.
  public internal(set) var heartbeatInterval: Duration?

  private let bind: @Sendable (_ parameters: [UInt8]) throws(TranscodingError) -> ChannelCall

  /// Describes a channel.
  ///
  /// - Parameters:
  ///   - name: The name clients subscribe to.
  ///   - method: A server-streaming RPC.
  ///   - request: The RPC's request.
  ///   - response: The RPC's response.
  ///   - keys: The request's fields that select what is streamed.
  ///   - snapshot: The snapshot in a response, if it carries one.
  ///   - update: The update in a response, if it carries one.
  ///   - sequence: A response's number in its stream.
  ///   - overflow: What happens to updates that a slow reader has not taken yet.
  ///   - heartbeat: The longest time without a message to a subscriber.
  /// - Precondition: The RPC is server-streaming.
  public init<Request: Message, Response: Message, Snapshot: Message, Update: Message>(
    _ name: String, _ method: MethodDescriptor,
    request: Request.Type, response: Response.Type,
    keys: [String] = [],
    snapshot: @escaping @Sendable (Response) -> Snapshot?,
    update: @escaping @Sendable (Response) -> Update?,
    sequence: @escaping @Sendable (Response) -> Int64,
    overflow: Overflow<Update> = .disconnect,
    heartbeat: Duration? = nil
  ) {
    precondition(method.kind == .serverStreaming, "\(name): \(method.path) is no server stream")
    self.name = name
    self.method = method
    self.keys = keys
    let conflationKey: (@Sendable (Update) -> String)?
    switch overflow {
    case .disconnect: (conflationInterval, conflationKey) = (nil, nil)
    case .conflate(let interval, let key): (conflationInterval, conflationKey) = (interval, key)
    }
    self.conflates = conflationKey != nil
    self.heartbeatInterval = heartbeat
    self.bind = { (parameters) throws(TranscodingError) in
      let request: Request
      do throws(JSONDecodingError) {
        request = parameters.isEmpty ? Request() : try Request(json: parameters)
      } catch {
        throw .body(error)
      }
      try TranscodingError.check(request)
      return ChannelCall(request: request) { (channel, options, receive) throws(RPCError) in
        let responses: RPCStream<Response> = try await channel.serverStreaming(
          method, request, options: options)
        for try await response in responses {
          if let snapshot = snapshot(response) {
            await receive(
              ChannelMessage(
                kind: .snapshot, sequence: sequence(response), payload: snapshot,
                conflationKey: nil))
          } else if let update = update(response) {
            await receive(
              ChannelMessage(
                kind: .update, sequence: sequence(response), payload: update,
                conflationKey: conflationKey?(update)))
          }
        }
      }
    }
  }

  /// Makes the RPC's request of a subscription's parameters.
  ///
  /// - Parameter parameters: The JSON of the RPC's request, in JSON or proto names. Empty stands for
  ///   a request without any field.
  /// - Throws: The first mistake of the JSON, or every rule of the contract that the request breaks.
  public func call(parameters: [UInt8]) throws(TranscodingError) -> ChannelCall {
    try bind(parameters)
  }
}

/// One message of a channel.
public struct ChannelMessage: Sendable {
  /// What a message means to the subscriber.
  public enum Kind: String, Sendable, Hashable {
    /// The whole state: it replaces everything before.
    case snapshot
    /// One change.
    case update
  }

  /// What the message means.
  public let kind: Kind

  /// Its number in the stream.
  public let sequence: Int64

  /// The snapshot or the update.
  public let payload: any Message

  /// Updates of one key replace each other for a slow reader; nil where none may be lost.
  public let conflationKey: String?
}

/// A stream that is ready to be opened for a subscription.
public struct ChannelCall: Sendable {
  /// Takes one message after the other; the stream waits for it.
  public typealias Receive = @Sendable (ChannelMessage) async -> Void

  /// The RPC's request.
  public let request: any Message

  private let run: @Sendable (any RPCChannel, CallOptions, Receive) async throws(RPCError) -> Void

  init(
    request: any Message,
    run: @escaping @Sendable (any RPCChannel, CallOptions, Receive) async throws(RPCError) -> Void
  ) {
    self.request = request
    self.run = run
  }

  /// Opens the stream and hands over its messages until it ends.
  ///
  /// Cancelling the task cancels the RPC.
  ///
  /// - Throws: The error that ended the stream; returns when the service ended it in order.
  public func stream(
    on channel: any RPCChannel, options: CallOptions, receive: @escaping Receive
  ) async throws(RPCError) {
    try await run(channel, options, receive)
  }
}
