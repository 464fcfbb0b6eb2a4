import Protobuf
import RPC
import Synchronization

/// What the scripted services answer, and what reached them.
final class Script: Sendable {
  /// What an RPC does when it is called.
  struct Answer: Sendable {
    /// The responses, in binary form.
    var responses: [[UInt8]] = []
    /// How the call fails after them; nil where it does not.
    var failure: RPCError?
    /// Whether the call stays open after them.
    var staysOpen = false
  }

  /// A call that reached a handler.
  struct Call: Sendable {
    let rpc: String
    /// The requests, in binary form.
    let requests: [[UInt8]]
    let peer: PeerIdentity?
    let user: UserIdentity?
  }

  private struct State {
    var answers: [String: Answer] = [:]
    var calls: [Call] = []
  }

  private let state = Mutex(State())

  /// Tells what an RPC answers from now on.
  func set(_ rpc: RPCCase, _ answer: Answer) {
    state.withLock { $0.answers[rpc.name] = answer }
  }

  /// The calls since this was last asked for.
  func takeCalls() -> [Call] {
    state.withLock { state in
      defer { state.calls = [] }
      return state.calls
    }
  }

  func unary<Request: Message, Response: Message>(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    try only(begin([request], context))
  }

  func clientStreaming<Request: Message, Response: Message>(
    _ requests: RPCStream<Request>, _ context: ServerContext
  ) async throws -> Response {
    try only(begin(try await all(requests), context))
  }

  func serverStreaming<Request: Message, Response: Message>(
    _ request: Request, _ responses: RPCWriter<Response>, _ context: ServerContext
  ) async throws {
    try await play(begin([request], context), to: responses)
  }

  func bidirectionalStreaming<Request: Message, Response: Message>(
    _ requests: RPCStream<Request>, _ responses: RPCWriter<Response>, _ context: ServerContext
  ) async throws {
    try await play(begin(try await all(requests), context), to: responses)
  }

  private func begin(_ requests: [some Message], _ context: ServerContext) -> Answer {
    let name = "\(context.method.service)/\(context.method.method)"
    let call = Call(
      rpc: name, requests: requests.map { $0.serialized() }, peer: context.peer,
      user: context.user)
    return state.withLock { state in
      state.calls.append(call)
      return state.answers[name] ?? Answer(failure: RPCError(.unimplemented, "no answer is set"))
    }
  }

  private func only<Response: Message>(_ answer: Answer) throws -> Response {
    if let failure = answer.failure { throw failure }
    return try Response(serialized: answer.responses.first ?? [])
  }

  private func play<Response: Message>(
    _ answer: Answer, to responses: RPCWriter<Response>
  ) async throws {
    for response in answer.responses { try await responses.write(Response(serialized: response)) }
    if let failure = answer.failure { throw failure }
    while answer.staysOpen { try await Task.sleep(for: .seconds(3600)) }
  }

  private func all<Request: Message>(_ stream: RPCStream<Request>) async throws -> [Request] {
    var requests: [Request] = []
    for try await request in stream { requests.append(request) }
    return requests
  }
}
