import Core
import Protobuf
import RPC
import RPCInProcess
import Synchronization
import Testing
import TestingContract

/// No handler sees a request that breaks a rule of its contract.
@Suite(.timeLimit(.minutes(5))) struct RequestCheckTests {
  typealias Leg = TestingV1.Leg

  /// Admits everyone but callers who name themselves `stranger`.
  private struct Door: AccessController {
    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? {
      if metadata["name"] == "stranger" { throw RPCError(.permissionDenied, "not you") }
      return nil
    }
  }

  private static func method(_ kind: CallKind) -> MethodDescriptor {
    MethodDescriptor(
      service: "test.Service", method: "\(kind)", kind: kind,
      access: AccessRule(callers: .anyone, user: .none))
  }

  private static let good = Leg.with { $0.quantity = 1 }

  /// A server of all four kinds that counts the messages its handlers see.
  private final class Server: Sendable {
    let seen = Mutex(0)
    private let server = Mutex<InProcessServer?>(nil)

    func channel() -> InProcessChannel {
      var router = RPCRouter(services: [], accessController: Door())
      router.unary(method(.unary)) { (request: Leg, _) -> Leg in
        self.count()
        return request
      }
      router.serverStreaming(method(.serverStreaming)) { (request: Leg, responses, _) in
        self.count()
        try await responses.write(request)
        // What a service answers is not checked.
        try await responses.write(Leg())
      }
      router.clientStreaming(method(.clientStreaming)) { (requests: RPCStream<Leg>, _) -> Leg in
        for try await _ in requests { self.count() }
        return Leg()
      }
      router.bidirectionalStreaming(method(.bidirectionalStreaming)) {
        (requests: RPCStream<Leg>, responses: RPCWriter<Leg>, _) in
        for try await request in requests {
          self.count()
          try await responses.write(request)
        }
      }
      return InProcessServer(router).channel()
    }

    private func count() { seen.withLock { $0 += 1 } }
  }

  private static func expectRefusal(_ error: RPCError?) {
    #expect(error?.code == .invalidArgument)
    #expect(error?.message == "quantity must be greater than 0, got -1")
    #expect(error?.errorInfo?.reason == "INVALID_REQUEST")
    #expect(error?.errorInfo?.domain == "contracts.alphintra.com")
    #expect(
      error?.details.contains(
        .badRequest([
          FieldViolation(
            field: "quantity", description: "must be greater than 0, got -1",
            reason: "OUT_OF_RANGE")
        ])) == true)
  }

  private static let bad = Leg.with { $0.quantity = -1 }

  @Test func aRequestIsCheckedBeforeItsHandler() async throws {
    let server = Server()
    let channel = server.channel()
    let answer: Leg = try await channel.unary(Self.method(.unary), Self.good)
    #expect(answer == Self.good && server.seen.withLock { $0 } == 1)
    Self.expectRefusal(
      await #expect(throws: RPCError.self) {
        let _: Leg = try await channel.unary(Self.method(.unary), Self.bad)
      })
    #expect(server.seen.withLock { $0 } == 1)
  }

  @Test func soIsTheRequestOfAStreamOfAnswersWhichAreNot() async throws {
    let server = Server()
    let channel = server.channel()
    var answers: [Leg] = []
    let stream: RPCStream<Leg> = try await channel.serverStreaming(
      Self.method(.serverStreaming), Self.good)
    for try await answer in stream { answers.append(answer) }
    #expect(answers == [Self.good, Leg()])
    Self.expectRefusal(
      await #expect(throws: RPCError.self) {
        let stream: RPCStream<Leg> = try await channel.serverStreaming(
          Self.method(.serverStreaming), Self.bad)
        for try await _ in stream {}
      })
    #expect(server.seen.withLock { $0 } == 1)
  }

  @Test func everyMessageOfAStreamIsChecked() async throws {
    let server = Server()
    let channel = server.channel()
    Self.expectRefusal(
      await #expect(throws: RPCError.self) {
        let _: Leg = try await channel.clientStreaming(Self.method(.clientStreaming)) { writer in
          for request in [Self.good, Self.good, Self.bad, Self.good] {
            try await writer.write(request)
          }
        }
      })
    #expect(server.seen.withLock { $0 } == 2)
    let call: BidirectionalCall<Leg, Leg> = try await channel.bidirectionalStreaming(
      Self.method(.bidirectionalStreaming))
    var answers = call.responses.makeAsyncIterator()
    try await call.requests.write(Self.good)
    #expect(try await answers.next() == Self.good)
    try await call.requests.write(Self.bad)
    Self.expectRefusal(await #expect(throws: RPCError.self) { try await answers.next() })
    #expect(server.seen.withLock { $0 } == 3)
  }

  @Test func accessComesFirst() async throws {
    let server = Server()
    let channel = server.channel()
    let error = await #expect(throws: RPCError.self) {
      let _: Leg = try await channel.unary(
        Self.method(.unary), Self.bad, options: CallOptions(metadata: ["name": "stranger"]))
    }
    #expect(error?.code == .permissionDenied)
  }

  @Test func theMessageNamesSomeAndTheDetailsAllThatFitACall() throws {
    let request = TestingV1.Ruled.with {
      $0.labels = ["k": String(repeating: "\u{1F600}", count: 1000)]
      $0.legs = Array(repeating: Leg(), count: 100)
    }
    let error = try #require(throws: RPCError.self) { try RequestCheck.check(request) }
    #expect(error.message.hasPrefix("name must be stated; trump must be stated; since must be"))
    #expect(error.message.hasSuffix("; and 99 more"))
    let violations = error.details.compactMap { detail -> [FieldViolation]? in
      if case .badRequest(let violations) = detail { violations } else { nil }
    }.flatMap(\.self)
    #expect(violations.count == Violations.limit)
    let call = ServerCall(
      RegisteredMethod(Self.method(.unary), .unary { _, _ in EncodedResponse(serialized: []) }),
      metadata: Metadata(), peer: nil, deadline: nil)
    // A status that is too large for the limits loses its details.
    #expect(CallEnd(of: call, error, within: CallLimits()).failure?.details == error.details)
  }

  @Test func theLongestViolationsFitACall() throws {
    let value = String(repeating: "\u{1F600}", count: 1000)
    let request = TestingV1.Ruled.with {
      $0.inner = TestingV1.Ruled.with {
        $0.inner = TestingV1.Ruled.with { $0.symbols = [value, value, value] }
        $0.symbols = [value, value + "1", value + "2"]
        $0.labels = [value: value, value + "1": value]
        $0.code = value
      }
      $0.symbols = [value, value + "1", value + "2"]
      $0.labels = [value: value, value + "1": value]
      $0.code = value
      $0.legs = Array(repeating: Leg(), count: 100)
    }
    let error = try #require(throws: RPCError.self) { try RequestCheck.check(request) }
    let call = ServerCall(
      RegisteredMethod(Self.method(.unary), .unary { _, _ in EncodedResponse(serialized: []) }),
      metadata: Metadata(), peer: nil, deadline: nil)
    #expect(CallEnd(of: call, error, within: CallLimits()).failure?.details == error.details)
  }
}
