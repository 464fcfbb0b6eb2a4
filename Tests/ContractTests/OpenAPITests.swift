import Protobuf
import RPC
import TestSupport
import Testing

/// What clients and the edge say to each other, held to the OpenAPI document by a validator of others.
@Suite(.timeLimit(.minutes(5))) struct OpenAPITests {
  private static let samplesPerRPC: UInt64 = 6

  private func message(_ type: any Message.Type) throws -> MessageCase {
    try #require(ContractIndex.messages[type.messageName], "\(type.messageName)")
  }

  /// A number that only a newer contract names has no name in the document.
  private static func maker(_ seed: UInt64) -> SampleMaker {
    var maker = SampleMaker(seed: seed)
    maker.makesUnknownNumbers = false
    return maker
  }

  private func expectNoMistakes(in exchanges: [OpenAPIDocument.Exchange]) async throws {
    for (exchange, mistake) in zip(exchanges, try await OpenAPIDocument.mistakes(in: exchanges)) {
      #expect(mistake == nil, "\(exchange)")
    }
  }

  @Test("every route's requests, answers and problems follow the document")
  func routes() async throws {
    let world = World()
    let edge = try world.edge()
    var exchanges: [OpenAPIDocument.Exchange] = []
    for rpc in AllContracts.rpcs {
      for route in rpc.routes where route.isCovered {
        let (_, user) = try #require(rpc.admitted)
        let verb = route.verb.rawValue
        for seed in 0..<Self.samplesPerRPC {
          var maker = Self.maker(seed)
          let request = route.sample(of: try message(rpc.request), &maker)
          let isLast = seed == Self.samplesPerRPC - 1
          let response = maker.sample(of: try message(rpc.response))
          world.script.set(
            rpc,
            Script.Answer(
              responses: [response.binary],
              failure: isLast ? RPCError(.notFound, "it is not there") : nil))
          let answer = await world.send(route, request, for: user, through: edge)
          #expect(answer.status == (isLast ? 404 : route.success), "\(rpc.name): \(answer.text)")
          if route.body != .none {
            let body = String(decoding: route.body(request), as: UTF8.self)
            exchanges.append(.request(method: verb, path: route.template, body: body))
          }
          exchanges.append(
            .response(
              method: verb, path: route.template, status: answer.status,
              mediaType: answer.contentType ?? "", body: answer.text))
        }
      }
    }
    try await expectNoMistakes(in: exchanges)
  }

  @Test("every channel's messages follow the document, in both directions")
  func channels() async throws {
    let world = World()
    var exchanges: [OpenAPIDocument.Exchange] = []
    try await world.withGateway { edge in
      for (rpc, channel, user) in try AllContracts.channels {
        for seed in 0..<Self.samplesPerRPC {
          var maker = Self.maker(seed)
          let request = maker.sample(of: try message(rpc.request))
          let stream = channel.sample(of: try message(rpc.response), keys: ["A", "B"], &maker)
          world.script.set(
            rpc, Script.Answer(responses: stream.map(\.response.binary), staysOpen: true))
          let said = try await edge.said(to: channel, request, user, count: stream.count + 1)
          exchanges.append(
            .schema(
              "WebSocket.ClientMessage",
              body: Conversation.subscription(to: channel, request.json())
            ))
          exchanges += said.map { .schema("WebSocket.ServerMessage", body: $0) }
        }
      }
    }
    try await expectNoMistakes(in: exchanges)
  }
}
