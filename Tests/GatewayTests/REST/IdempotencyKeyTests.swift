import EdgeClient
import NIOHTTP1
import RPC
import Testing

@testable import Gateway

@Suite("Idempotency keys at the edge")
struct EdgeIdempotencyTests {
  @Test("What a user posts goes on with its key; nothing else does")
  func passing() async throws {
    try await LiveGateway.run { live in
      let client = try live.client
      let key: HTTPHeaders = ["Idempotency-Key": "k-1"]
      func last() -> String? {
        live.service.calls.contexts.last?.metadata[IdempotencyKey.metadataName]
      }
      let empty = Array("{}".utf8)
      _ = try await client.send(
        .POST, "/api/admin:restart", json: empty, token: "administrator", headers: key)
      #expect(last() == "k-1")
      _ = try await client.send(
        .POST, "/api/admin:restart", json: empty, token: "administrator",
        headers: ["Idempotency-Key": "\"k-2\""])
      #expect(last() == "k-2")
      _ = try await client.send(.POST, "/api/admin:restart", json: empty, token: "administrator")
      #expect(last() == nil)
      _ = try await client.send(.POST, "/api/things", json: empty, headers: key)
      #expect(last() == nil)
      _ = try await client.send(.PUT, "/api/things/x", json: empty, headers: key)
      #expect(last() == nil)
      _ = try await client.send(.GET, "/api/mine", token: "trader", headers: key)
      #expect(last() == nil)
      #expect(live.service.calls.contexts.count == 6)
    }
  }

  @Test(
    "A key that is none is refused before anything is done",
    arguments: ["", "\"\"", "a b", "a\"b", "ä", String(repeating: "k", count: 256)])
  func malformed(key: String) async throws {
    try await LiveGateway.run { live in
      let answer = try await live.client.send(
        .POST, "/api/admin:restart", json: Array("{}".utf8), token: "administrator",
        headers: ["Idempotency-Key": key])
      #expect(answer.status == 400)
      #expect(answer.text.contains(#""reason":"IDEMPOTENCY_KEY_INVALID""#))
      #expect(live.service.calls.contexts.isEmpty)
    }
  }

  @Test("The services' words on keys have the statuses of the draft, and say what to do")
  func problems() {
    func error(_ code: StatusCode, _ reason: String) -> RPCError {
      RPCError(
        code, "no",
        details: [.errorInfo(reason: reason, domain: IdempotencyKey.errorDomain, metadata: [:])])
    }
    let reused = Problem(
      error(.invalidArgument, IdempotencyKey.reusedReason), of: ExampleMethods.create)
    #expect(reused.status == 422 && reused.effect == nil)
    let inFlight = Problem(
      error(.aborted, IdempotencyKey.inFlightReason), of: ExampleMethods.create)
    #expect(inFlight.status == 409)
    let lost = Problem(
      error(.unknown, IdempotencyKey.lostReason), of: ExampleMethods.create, lookup: "GET /x",
      isKeyed: true)
    #expect(lost.effect == .unknown && lost.detail.contains("look with GET /x"))
    let timeout = RPCError(.deadlineExceeded, "too late")
    let keyed = Problem(timeout, of: ExampleMethods.create, lookup: "GET /x", isKeyed: true)
    #expect(keyed.effect == .unknown && keyed.detail.contains("the same Idempotency-Key"))
  }
}
