import Protobuf
import RPC

/// What a contract says about an RPC, and how the generated client makes it.
struct RPCCase: Sendable {
  /// What came of a call: the responses until it ended, and how it failed.
  struct Outcome: Sendable {
    var responses: [[UInt8]] = []
    var failure: RPCError?
  }

  typealias Client<Function> = @Sendable (any RPCChannel) -> Function

  /// Such as `alphintra.trading.v1.TradingService/PlaceOrder`.
  let name: String
  let kind: CallKind
  /// What the generated code says.
  let method: MethodDescriptor
  let request: any Message.Type
  let response: any Message.Type
  let rule: RPCRule
  let routes: [RouteCase]
  let channel: ChannelCase?
  private let makeCall: @Sendable (any RPCChannel, [[UInt8]], CallOptions) async throws -> Outcome

  /// Makes the call by the generated client, with requests in binary form.
  func call(
    on channel: any RPCChannel, _ requests: [[UInt8]], _ options: CallOptions
  ) async throws -> Outcome {
    do {
      return try await makeCall(channel, requests, options)
    } catch let error as RPCError {
      return Outcome(failure: error)
    }
  }
}

extension RPCCase {
  static func unary<Request: Message, Response: Message>(
    _ name: String, _ method: MethodDescriptor,
    _ client: @escaping Client<(Request, CallOptions) async throws(RPCError) -> Response>,
    _ rule: RPCRule, routes: [RouteCase] = []
  ) -> RPCCase {
    RPCCase(
      name: name, kind: .unary, method: method, request: Request.self, response: Response.self,
      rule: rule, routes: routes, channel: nil
    ) { channel, requests, options in
      let response = try await client(channel)(Request(serialized: requests[0]), options)
      return Outcome(responses: [response.serialized()])
    }
  }

  static func serverStreaming<Request: Message, Response: Message>(
    _ name: String, _ method: MethodDescriptor,
    _ client:
      @escaping Client<
        (Request, CallOptions) async throws(RPCError) -> RPCStream<Response>
      >,
    _ rule: RPCRule, channel: ChannelCase? = nil
  ) -> RPCCase {
    RPCCase(
      name: name, kind: .serverStreaming, method: method, request: Request.self,
      response: Response.self, rule: rule, routes: [], channel: channel
    ) { channel, requests, options in
      await Outcome(try client(channel)(Request(serialized: requests[0]), options))
    }
  }

  static func clientStreaming<Request: Message, Response: Message>(
    _ name: String, _ method: MethodDescriptor,
    _ client:
      @escaping Client<
        (CallOptions, (RPCWriter<Request>) async throws -> Void) async throws(RPCError) -> Response
      >,
    _ rule: RPCRule
  ) -> RPCCase {
    RPCCase(
      name: name, kind: .clientStreaming, method: method, request: Request.self,
      response: Response.self, rule: rule, routes: [], channel: nil
    ) { channel, requests, options in
      let response = try await client(channel)(options) { writer in
        for request in requests { try await writer.write(Request(serialized: request)) }
      }
      return Outcome(responses: [response.serialized()])
    }
  }

  static func bidirectionalStreaming<Request: Message, Response: Message>(
    _ name: String, _ method: MethodDescriptor,
    _ client:
      @escaping Client<
        (CallOptions) async throws(RPCError) -> BidirectionalCall<Request, Response>
      >,
    _ rule: RPCRule
  ) -> RPCCase {
    RPCCase(
      name: name, kind: .bidirectionalStreaming, method: method, request: Request.self,
      response: Response.self, rule: rule, routes: [], channel: nil
    ) { channel, requests, options in
      let call = try await client(channel)(options)
      for request in requests { try await call.requests.write(Request(serialized: request)) }
      call.requests.finish()
      return await Outcome(call.responses)
    }
  }
}

extension RPCCase.Outcome {
  /// Reads a stream to its end.
  fileprivate init(_ stream: RPCStream<some Message>) async {
    do throws(RPCError) {
      for try await response in stream { responses.append(response.serialized()) }
    } catch {
      failure = error
    }
  }
}

/// What a contract says about a REST operation of an RPC.
struct RouteCase: Sendable {
  enum Verb: String, Sendable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
    case delete = "DELETE"
    case patch = "PATCH"
  }

  /// What the HTTP body becomes.
  enum Body: Sendable, Equatable {
    case none, whole
    case field(String)
  }

  let verb: Verb
  let template: String
  let body: Body
  /// The fields that path and query can fill, in proto names.
  let parameters: [String]
  /// The HTTP status of success.
  let success: Int
  let deprecation: DeprecationCase?

  init(
    _ verb: Verb, _ template: String, body: Body = .none, parameters: [String] = [],
    success: Int = 200, deprecation: DeprecationCase? = nil
  ) {
    self.verb = verb
    self.template = template
    self.body = body
    self.parameters = parameters
    self.success = success
    self.deprecation = deprecation
  }
}

/// What a contract says about when an operation goes: days of UTC, as `2026-11-01`.
struct DeprecationCase: Sendable {
  let since: String
  let sunset: String?
  let link: String?

  init(since: String, sunset: String? = nil, link: String? = nil) {
    self.since = since
    self.sunset = sunset
    self.link = link
  }
}

/// What a contract says about the WebSocket channel of an RPC.
struct ChannelCase: Sendable {
  let name: String
  /// The request's fields that select what is streamed.
  let keys: [String]
  /// The response's fields.
  let snapshot: String
  let update: String
  let sequence: String
  /// The update's field by which updates are conflated.
  let conflateBy: String?
  /// The least time between two updates of a key.
  let conflateEvery: Duration?
  /// The longest time without a message.
  let heartbeat: Duration?

  init(
    _ name: String, keys: [String] = [], snapshot: String, update: String, sequence: String,
    conflateBy: String? = nil, conflateEvery: Duration? = nil, heartbeat: Duration? = nil
  ) {
    self.name = name
    self.keys = keys
    self.snapshot = snapshot
    self.update = update
    self.sequence = sequence
    self.conflateBy = conflateBy
    self.conflateEvery = conflateEvery
    self.heartbeat = heartbeat
  }
}
