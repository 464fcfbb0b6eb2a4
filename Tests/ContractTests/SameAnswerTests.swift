import Foundation
import Protobuf
import RPC
import Testing

@testable import Transcoding

/// Every RPC carries what its contract describes, whichever way it is asked.
@Suite struct SameAnswerTests {
  private static let samplesPerRPC: UInt64 = 6

  private func message(_ type: any Message.Type) throws -> MessageCase {
    try #require(ContractIndex.messages[type.messageName], "\(type.messageName)")
  }

  @Test("a generated client reaches the handler with its request, and gets its response")
  func byRPC() async throws {
    let world = World()
    for rpc in AllContracts.rpcs {
      let (caller, user) = try #require(rpc.admitted, "\(rpc.name) admits nobody")
      for seed in 0..<Self.samplesPerRPC {
        var maker = SampleMaker(seed: seed)
        let (asks, answers) = (rpc.kind.requestCount, rpc.kind.responseCount)
        let (request, response) = (try message(rpc.request), try message(rpc.response))
        let requests = (0..<asks).map { _ in maker.sample(of: request).binary }
        let responses = (0..<answers).map { _ in maker.sample(of: response).binary }
        world.script.set(rpc, Script.Answer(responses: responses))
        let outcome = try await world.call(rpc, as: caller, for: user, requests)
        #expect(outcome.failure == nil, "\(rpc.name)")
        #expect(outcome.responses == responses, "\(rpc.name)")
        let calls = world.script.takeCalls()
        #expect(calls.map(\.rpc) == [rpc.name])
        #expect(calls.map(\.requests) == [requests], "\(rpc.name)")
        #expect(calls.first?.peer == caller.peer, "\(rpc.name)")
        let knowsUser = if case .none = rpc.rule.user { false } else { true }
        #expect(calls.first?.user == (knowsUser ? user.identity : nil), "\(rpc.name)")
      }
    }
  }

  @Test("the descriptor says what the contract says")
  func descriptors() {
    for rpc in AllContracts.rpcs {
      #expect(rpc.method.path == "/\(rpc.name)")
      #expect(rpc.method.kind == rpc.kind, "\(rpc.name)")
      #expect(rpc.method.deadline == rpc.rule.deadline, "\(rpc.name)")
      let idempotency: MethodDescriptor.Idempotency =
        switch rpc.rule.repeating {
        case .unknown: .unknown
        case .idempotent: .idempotent
        case .noSideEffects: .noSideEffects
        }
      #expect(rpc.method.idempotency == idempotency, "\(rpc.name)")
    }
  }

  @Test("the same request by RPC and by REST is the same to the handler, and answered the same")
  func byREST() async throws {
    let world = World()
    let edge = try world.edge()
    for rpc in AllContracts.rpcs {
      for route in rpc.routes where route.isCovered {
        let (_, user) = try #require(rpc.admitted)
        for seed in 0..<Self.samplesPerRPC {
          var maker = SampleMaker(seed: seed)
          let request = route.sample(of: try message(rpc.request), &maker)
          let response = maker.sample(of: try message(rpc.response))
          world.script.set(rpc, Script.Answer(responses: [response.binary]))
          let name = "\(rpc.name) by \(route.verb.rawValue) \(route.target(request))"

          let outcome = try await world.call(rpc, as: .gateway, for: user, [request.binary])
          let byRPC = try #require(world.script.takeCalls().first, "\(name)")
          let answer = await world.send(route, request, for: user, through: edge)
          let byREST = try #require(world.script.takeCalls().first, "\(name): \(answer.text)")

          #expect(byREST.rpc == rpc.name)
          #expect(byREST.requests == [request.binary], "\(name) reaches the handler")
          #expect(byREST.requests == byRPC.requests, "\(name)")
          #expect(byREST.user == byRPC.user, "\(name)")
          #expect(outcome.responses == [response.binary], "\(name)")
          #expect(answer.status == route.success, "\(name)")
          #expect(answer.contentType == "application/json", "\(name)")
          expectDeprecation(route.deprecation, answer, name)
          try expectSame(rpc.response, response.binary, answer, name)
        }
      }
    }
  }

  /// An operation that goes says when (RFC 9745, RFC 8594); another says nothing.
  private func expectDeprecation(
    _ stated: DeprecationCase?, _ answer: RESTAnswer, _ name: String
  ) {
    let told = answer.headers["deprecation"].map { $0.dropFirst() }.flatMap { TimeInterval($0) }
    #expect(told.map { day(Date(timeIntervalSince1970: $0)) } == stated?.since, "\(name)")
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "UTC")
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    let end = answer.headers["sunset"].flatMap { format.date(from: $0) }
    #expect(end.map(day) == stated?.sunset, "\(name)")
    #expect(
      answer.headers["link"] == stated?.link.map { "<\($0)>; rel=\"deprecation\"" }, "\(name)")
  }

  private func day(_ date: Date) -> String {
    String(date.formatted(.iso8601).prefix(10))
  }

  private func expectSame<M: Message>(
    _ type: M.Type, _ binary: [UInt8], _ answer: RESTAnswer, _ name: String
  ) throws {
    let response = try M(serialized: binary)
    #expect(answer.text == response.jsonString(options: .rest), "\(name)")
    #expect(try M(json: answer.body) == response, "\(name)")
  }
}

extension CallKind {
  /// How many requests a test sends.
  var requestCount: Int {
    switch self {
    case .unary, .serverStreaming: 1
    case .clientStreaming, .bidirectionalStreaming: 3
    }
  }

  /// How many responses a test has answered.
  var responseCount: Int {
    switch self {
    case .unary, .clientStreaming: 1
    case .serverStreaming, .bidirectionalStreaming: 3
    }
  }
}
