import EdgeClient
import Protobuf
import RPC
import Testing

/// Every error of every RPC's handler, as its callers see it.
@Suite struct ErrorMappingTests {
  /// An error with everything that can travel.
  private func error(_ code: StatusCode) -> RPCError {
    RPCError(
      code, "it went wrong: ä, 100 %",
      details: [
        .errorInfo(
          reason: "TESTED_\(code.name)", domain: "tests.alphintra.com",
          metadata: ["available": "1.5", "required": "2"]),
        .badRequest([
          FieldViolation(
            field: "legs[2].limit_price", description: "must be positive, got -1",
            reason: "MUST_BE_POSITIVE")
        ]),
        .retryInfo(delay: .milliseconds(2500)),
        .other(typeURL: "type.googleapis.com/tests.Other", bytes: [8, 1]),
      ])
  }

  private var codes: [StatusCode] { StatusCode.allCases.filter { $0 != .ok } }

  @Test("an RPC's client gets the code, the message and the details that the handler threw")
  func byRPC() async throws {
    let world = World()
    for rpc in AllContracts.rpcs {
      let (caller, user) = try #require(rpc.admitted, "\(rpc.name) admits nobody")
      let isStream = rpc.kind == .serverStreaming || rpc.kind == .bidirectionalStreaming
      for code in codes {
        let thrown = error(code)
        // A stream fails after a response, which still arrives.
        let responses: [[UInt8]] = isStream ? [[]] : []
        world.script.set(rpc, Script.Answer(responses: responses, failure: thrown))
        let outcome = try await world.call(rpc, as: caller, for: user, [rpc.leastRequest])
        let failure = try #require(outcome.failure, "\(rpc.name), \(code)")
        #expect(outcome.responses == responses, "\(rpc.name), \(code)")
        #expect(failure.code == code, "\(rpc.name)")
        #expect(failure.message == thrown.message, "\(rpc.name), \(code)")
        #expect(failure.details == thrown.details, "\(rpc.name), \(code)")
      }
    }
  }

  /// The HTTP status of each code, as grpc-gateway maps them (runtime/errors.go).
  private static let statuses: [StatusCode: Int] = [
    .cancelled: 499, .unknown: 500, .invalidArgument: 400, .deadlineExceeded: 504, .notFound: 404,
    .alreadyExists: 409, .permissionDenied: 403, .unauthenticated: 401, .resourceExhausted: 429,
    .failedPrecondition: 400, .aborted: 409, .outOfRange: 400, .unimplemented: 501,
    .internal: 500, .unavailable: 503, .dataLoss: 500,
  ]

  /// The codes of calls whose answer may have been lost.
  private static let isUncertain: Set<StatusCode> = [
    .cancelled, .unknown, .deadlineExceeded, .internal, .unavailable, .dataLoss,
  ]

  @Test("a REST client gets them as a problem with the mapped status")
  func byREST() async throws {
    let world = World()
    let edge = try world.edge()
    for rpc in AllContracts.rpcs {
      for route in rpc.routes where route.isCovered {
        let (_, user) = try #require(rpc.admitted)
        var maker = SampleMaker(seed: 1)
        let request = route.sample(
          of: try #require(ContractIndex.messages[rpc.request.messageName]), &maker)
        for code in codes {
          world.script.set(rpc, Script.Answer(failure: error(code)))
          let answer = await world.send(route, request, for: user, through: edge)
          expectProblem(answer, of: error(code), rpc, "\(rpc.name), \(code): \(answer.text)")
        }
      }
    }
  }

  /// The codes of streams that may go on when they are opened again.
  private static let isTemporary: Set<StatusCode> = [
    .cancelled, .unknown, .deadlineExceeded, .aborted, .resourceExhausted, .internal, .unavailable,
  ]

  @Test(
    "a subscriber gets them as an error that ends the subscription, or is told of a new start",
    .timeLimit(.minutes(5)))
  func byChannel() async throws {
    let world = World()
    try await world.withGateway { edge in
      for (rpc, channel, user) in try AllContracts.channels {
        var maker = SampleMaker(seed: 1)
        let request = maker.sample(
          of: try #require(ContractIndex.messages[rpc.request.messageName]))
        let stream = channel.sample(
          of: try #require(ContractIndex.messages[rpc.response.messageName]), keys: ["A"], &maker)
        for code in codes {
          let thrown = error(code)
          world.script.set(
            rpc, Script.Answer(responses: stream.map(\.response.binary), failure: thrown))
          let name = "channel \(channel.name), \(code)"
          try await edge.withWebSocket(token: user.token) { socket in
            var conversation = Conversation(socket)
            try await conversation.subscribe(to: channel, request.json())
            let said = try await conversation.next("error", "interrupted")
            #expect(said.members["id"] as? String == Conversation.id, "\(name)")
            #expect(said.members["channel"] as? String == channel.name, "\(name)")
            guard Self.isTemporary.contains(code) else {
              #expect(said.type == "error", "\(name)")
              expectMembers(said.members, type: "problem", of: thrown, rpc, name)
              return
            }
            #expect(said.type == "interrupted", "\(name)")
            #expect(said.members["code"] as? String == code.name, "\(name)")
            let detail = said.members["detail"] as? String
            #expect(detail?.hasPrefix(thrown.message) == true, "\(name)")
            // Then comes a new snapshot, and the subscription is not said to be open again.
            world.script.set(
              rpc, Script.Answer(responses: stream.map(\.response.binary), staysOpen: true))
            var next = try await conversation.next()
            while next.type == "interrupted" { next = try await conversation.next() }
            #expect(try next.text == stream[0].text(of: channel), "\(name)")
          }
        }
      }
    }
  }

  private func expectProblem(
    _ answer: RESTAnswer, of error: RPCError, _ rpc: RPCCase, _ name: String
  ) {
    #expect(answer.status == Self.statuses[error.code], "\(name)")
    #expect(answer.contentType == "application/problem+json", "\(name)")
    let problem = answer.problem
    expectMembers(problem, type: "type", of: error, rpc, name)
    #expect(answer.headers["retry-after"] == "3", "\(name)")
    #expect(
      (answer.headers["www-authenticate"] != nil) == (error.code == .unauthenticated), "\(name)")
    #expect(
      problem["correlationId"] as? String == answer.headers["x-correlation-id"], "\(name)")
  }

  /// What every problem says, by whichever way it comes.
  private func expectMembers(
    _ problem: [String: Any], type member: String, of error: RPCError, _ rpc: RPCCase,
    _ name: String
  ) {
    #expect(problem["status"] as? Int == Self.statuses[error.code], "\(name)")
    #expect(problem["code"] as? String == error.code.name, "\(name)")
    #expect(problem["reason"] as? String == "TESTED_\(error.code.name)", "\(name)")
    let type = error.code.name.lowercased().replacing("_", with: "-")
    #expect(problem[member] as? String == "urn:alphintra:problem:tested-\(type)", "\(name)")
    #expect((problem["detail"] as? String)?.hasPrefix(error.message) == true, "\(name)")
    #expect(
      problem["metadata"] as? [String: String] == ["available": "1.5", "required": "2"], "\(name)")
    #expect(
      problem["errors"] as? [[String: String]] == [
        [
          "field": "legs[2].limitPrice", "reason": "MUST_BE_POSITIVE",
          "description": "must be positive, got -1",
        ]
      ], "\(name)")
    var effect: String?
    if Self.isUncertain.contains(error.code) {
      effect = if case .noSideEffects = rpc.rule.repeating { "none" } else { "unknown" }
    }
    #expect(problem["effect"] as? String == effect, "\(name)")
  }
}
