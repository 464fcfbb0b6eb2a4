import MarketDataContract
import RPC
import TestingContract
import TradingContract
import Transcoding

/// Routes and channels in the form that the generator emits.
enum ExampleRoutes {
  static let routes = routes(deadline: ExampleMethods.patience)

  /// The routes with another deadline for all their RPCs.
  static func routes(deadline: Duration) -> [Route] {
    [
      Route(
        ExampleMethods.read.with(deadline), .get, "/api/things/{text}",
        request: TestingV1.EchoRequest.self, response: TestingV1.EchoResponse.self,
        parameters: [
          Parameter("text", \.text), Parameter("payload", \.payload), Parameter("count", \.count),
          Parameter("delay_ms", \.delayMs), Parameter("fail_code", \.failCode),
          Parameter("fail_message", \.failMessage), Parameter("response_size", \.responseSize),
        ]),
      Route(
        ExampleMethods.read.with(deadline), .get, "/api/things",
        request: TestingV1.EchoRequest.self, response: TestingV1.EchoResponse.self,
        parameters: [Parameter("count", \.count)]),
      Route(
        ExampleMethods.read.with(deadline), .get, "/api/old-things/{text}",
        request: TestingV1.EchoRequest.self, response: TestingV1.EchoResponse.self,
        parameters: [Parameter("text", \.text), Parameter("fail_code", \.failCode)],
        deprecation: Deprecation(since: "2026-11-01", sunset: "2027-05-01", link: "/docs")),
      Route(
        ExampleMethods.create.with(deadline), .post, "/api/things",
        request: TestingV1.EchoRequest.self, response: TestingV1.EchoResponse.self,
        body: .whole, successStatus: 201),
      Route(
        ExampleMethods.replace.with(deadline), .put, "/api/things/{text}",
        request: TestingV1.EchoRequest.self, response: TestingV1.EchoResponse.self,
        body: .whole, parameters: [Parameter("text", \.text)]),
      Route(
        ExampleMethods.mine.with(deadline), .get, "/api/mine",
        request: TestingV1.WhoAmIRequest.self, response: TestingV1.WhoAmIResponse.self),
      Route(
        ExampleMethods.administer.with(deadline), .post, "/api/admin:restart",
        request: TestingV1.WhoAmIRequest.self, response: TestingV1.WhoAmIResponse.self,
        body: .whole),
      Route(
        ExampleMethods.mirror.with(deadline), .get, "/api/sinks/{string_value}",
        request: TestingV1.KitchenSink.self, response: TestingV1.KitchenSink.self,
        parameters: sinkParameters),
      Route(
        ExampleMethods.mirror.with(deadline), .post, "/api/sinks",
        request: TestingV1.KitchenSink.self, response: TestingV1.KitchenSink.self, body: .whole),
      Route(
        ExampleMethods.mirror.with(deadline), .patch, "/api/sinks/{nested.name}/nested",
        request: TestingV1.KitchenSink.self, response: TestingV1.KitchenSink.self,
        body: .field("nested", \.nested),
        parameters: [
          Parameter("nested.name", \.nested.orNew.name), Parameter("field_mask", \.fieldMask),
          Parameter("int64_value", \.int64Value),
        ]),
      Route(
        ExampleMethods.mirror.with(deadline), .get, "/api/files/{string_value=**}",
        request: TestingV1.KitchenSink.self, response: TestingV1.KitchenSink.self,
        parameters: [Parameter("string_value", \.stringValue)]),
    ]
  }

  static let channels: [Channel] = [
    quotes(),
    Channel(
      "orders", ExampleMethods.orders,
      request: TradingV1.WatchOrdersRequest.self, response: TradingV1.OrderUpdate.self,
      snapshot: { if case .snapshot(let value)? = $0.change { value } else { nil } },
      update: { if case .order(let value)? = $0.change { value } else { nil } },
      sequence: { $0.sequence }),
  ]

  /// Anyone's quotes, at a pace.
  static func quotes(
    of method: MethodDescriptor = ExampleMethods.quotes, every interval: Duration? = nil,
    heartbeat: Duration? = nil
  ) -> Channel {
    Channel(
      "quotes", method,
      request: MarketDataV1.SubscribeQuotesRequest.self, response: MarketDataV1.QuoteUpdate.self,
      keys: ["symbols"],
      snapshot: { if case .snapshot(let value)? = $0.change { value } else { nil } },
      update: { if case .quote(let value)? = $0.change { value } else { nil } },
      sequence: { $0.sequence },
      overflow: .conflate(every: interval) { $0.symbol },
      heartbeat: heartbeat)
  }

  /// Every kind of parameter.
  private static let sinkParameters: [Parameter<TestingV1.KitchenSink>] = [
    Parameter("string_value", \.stringValue), Parameter("double_value", \.doubleValue),
    Parameter("float_value", \.floatValue), Parameter("int32_value", \.int32Value),
    Parameter("int64_value", \.int64Value), Parameter("uint32_value", \.uint32Value),
    Parameter("uint64_value", \.uint64Value), Parameter("bool_value", \.boolValue),
    Parameter("bytes_value", \.bytesValue), Parameter("color", \.color),
    Parameter("nested.name", \.nested.orNew.name), Parameter("nested.kind", \.nested.orNew.kind),
    Parameter("optional_int32", \.optionalInt32), Parameter("optional_color", \.optionalColor),
    Parameter("int64s", \.int64s), Parameter("strings", \.strings), Parameter("colors", \.colors),
    Parameter("timestamp", \.timestamp), Parameter("duration", \.duration),
    Parameter("field_mask", \.fieldMask), Parameter("wrapped_string", \.wrappedString),
    Parameter("wrapped_int64", \.wrappedInt64), Parameter("wrapped_bytes", \.wrappedBytes),
    Parameter("decimal", \.decimal), Parameter("decimals", \.decimals),
    Parameter("timestamps", \.timestamps),
    Parameter(
      "choice_string", isRepeated: false, isUnset: { $0.choice == nil },
      assign: { (request, value) throws(ParameterError) in
        request.choice = .choiceString(try String(parameter: value))
      }),
    Parameter("json_renamed", jsonName: "renamed", \.jsonRenamed),
  ]
}

extension MethodDescriptor {
  /// The same method with another deadline.
  func with(_ deadline: Duration) -> MethodDescriptor {
    MethodDescriptor(
      service: service, method: method, kind: kind, idempotency: idempotency, access: access,
      deadline: deadline)
  }
}
