import ContractRegistry
import Protobuf
import RPC
import Registry
import Synchronization

/// What reached the services of the platform, and how they are to answer.
final class Recorder: Sendable {
  private struct State {
    var methods: [String] = []
    var correlationIDs: [String?] = []
    var users: [String?] = []
    var failure: RPCError?
    var isHolding = false
  }

  private let state = Mutex(State())

  /// The methods called, in order.
  var methods: [String] { state.withLock { $0.methods } }
  /// The correlation ids of the calls.
  var correlationIDs: [String?] { state.withLock { $0.correlationIDs } }
  /// The users of the calls.
  var users: [String?] { state.withLock { $0.users } }

  /// Lets every further call fail.
  func fail(with error: RPCError) { state.withLock { $0.failure = error } }

  /// Lets every further call wait until it is cancelled.
  func hold() { state.withLock { $0.isHolding = true } }

  func record(_ context: ServerContext) async throws {
    let (failure, isHolding) = state.withLock { state in
      state.methods.append(context.method.method)
      state.correlationIDs.append(context.correlationID)
      state.users.append(context.user?.id)
      return (state.failure, state.isHolding)
    }
    if let failure { throw failure }
    while isHolding { try await Task.sleep(for: .seconds(3600)) }
  }
}

/// Every RPC of the platform, answering with what was asked.
///
/// A response has those fields of the request that it knows. A stream begins with an empty snapshot and
/// stays open.
struct RecordingServices: Sendable {
  let recorder: Recorder

  /// The services that are played.
  var names: [String] { AllContracts.registry.services.map(\.name) }

  /// Adds all of them to a router.
  func register(in router: inout RPCRouter) {
    for rpc in AllContracts.registry.rpcs {
      register(rpc, rpc.request, rpc.response, in: &router)
    }
  }

  private func register<Request: Message, Response: Message>(
    _ rpc: RPCDescription, _: Request.Type, _: Response.Type, in router: inout RPCRouter
  ) {
    if rpc.method.kind == .unary {
      router.unary(rpc.method) { (request: Request, context) -> Response in
        try await recorder.record(context)
        return try Self.response(request.json())
      }
    } else {
      router.serverStreaming(rpc.method) { (_: Request, responses: RPCWriter<Response>, context) in
        try await recorder.record(context)
        try await responses.write(Self.response(Array(#"{"snapshot":{}}"#.utf8)))
        while true { try await Task.sleep(for: .seconds(3600)) }
      }
    }
  }

  private static func response<Response: Message>(_ json: [UInt8]) throws -> Response {
    try Response(json: json, options: JSONDecodingOptions(ignoreUnknownFields: true))
  }
}
