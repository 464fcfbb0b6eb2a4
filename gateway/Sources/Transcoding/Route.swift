public import Protobuf
public import RPC

/// One REST operation: how an HTTP request becomes a unary RPC, and its reply JSON.
///
///     Route(
///       TradingV1.TradingServiceMethods.getOrder, .get, "/api/orders/{order_id}",
///       request: TradingV1.GetOrderRequest.self, response: TradingV1.Order.self,
///       parameters: [Parameter("order_id", \.orderID)])
public struct Route: Sendable {
  /// The RPC.
  public internal(set) var method: MethodDescriptor

  /// The verb it answers.
  public let verb: HTTPVerb

  /// The path it answers.
  public let template: PathTemplate

  /// The HTTP status of success.
  public let successStatus: Int

  /// When the operation goes; nil where it stays.
  public let deprecation: Deprecation?

  /// Whether the route takes a body.
  public let takesBody: Bool

  /// The fields that the path or the query can fill, in proto names.
  public let fields: [String]

  private let bind:
    @Sendable (
      _ variables: [(fieldPath: String, text: String)], QueryString, _ body: [UInt8]
    ) throws(TranscodingError) -> RouteCall

  /// Describes an operation.
  ///
  /// - Parameters:
  ///   - method: A unary RPC.
  ///   - verb: The verb.
  ///   - template: The path.
  ///   - request: The RPC's request.
  ///   - response: The RPC's response.
  ///   - body: What the body becomes.
  ///   - parameters: The fields of the path's variables, and those the query can fill: every other
  ///     leaf field without a body, all outside the body's field with one, none with a whole body.
  ///   - successStatus: The HTTP status of success.
  ///   - deprecation: When the operation goes.
  /// - Precondition: The RPC is unary and every variable of the path has its parameter.
  public init<Request: Message, Response: Message>(
    _ method: MethodDescriptor, _ verb: HTTPVerb, _ template: PathTemplate,
    request: Request.Type, response: Response.Type,
    body: Body<Request> = .none, parameters: [Parameter<Request>] = [], successStatus: Int = 200,
    deprecation: Deprecation? = nil
  ) {
    precondition(method.kind == .unary, "\(verb.rawValue) \(template): \(method.path) is not unary")
    let binding = RequestBinding(template: template, body: body, parameters: parameters)
    self.method = method
    self.verb = verb
    self.template = template
    self.successStatus = successStatus
    self.deprecation = deprecation
    self.takesBody = body.rule != .none
    self.fields = parameters.map(\.field)
    self.bind = { (variables, query, body) throws(TranscodingError) in
      let request = try binding.request(variables: variables, query: query, body: body)
      try TranscodingError.check(request)
      return RouteCall(request: request) { (channel, options) async throws(RPCError) in
        let reply: Response = try await channel.unary(method, request, options: options)
        return reply.json(options: .rest)
      }
    }
  }

  /// Makes the RPC's request of the parts of an HTTP request.
  ///
  /// - Parameters:
  ///   - variables: The values of the path's variables.
  ///   - query: The query.
  ///   - body: The body; empty when there is none.
  /// - Throws: `TranscodingError` with every parameter that is wrong, or the body's first mistake, or every
  ///   rule of the contract that the request breaks.
  public func call(
    variables: [(fieldPath: String, text: String)], query: QueryString = .empty, body: [UInt8] = []
  ) throws(TranscodingError) -> RouteCall {
    try bind(variables, query, body)
  }
}

/// An RPC that is ready to be made for an HTTP request.
public struct RouteCall: Sendable {
  /// The RPC's request.
  public let request: any Message

  private let makeCall: @Sendable (any RPCChannel, CallOptions) async throws(RPCError) -> [UInt8]

  init(
    request: any Message,
    makeCall: @escaping @Sendable (any RPCChannel, CallOptions) async throws(RPCError) -> [UInt8]
  ) {
    self.request = request
    self.makeCall = makeCall
  }

  /// Makes the RPC and returns the reply as JSON.
  public func perform(
    on channel: any RPCChannel, options: CallOptions
  ) async throws(RPCError) -> [UInt8] {
    try await makeCall(channel, options)
  }
}

extension JSONEncodingOptions {
  /// How the edge prints messages: with lowerCamelCase names, and with fields that have their default
  /// value, so that an empty list is seen to be one.
  public static var rest: JSONEncodingOptions {
    JSONEncodingOptions(printingDefaultValues: true)
  }
}
