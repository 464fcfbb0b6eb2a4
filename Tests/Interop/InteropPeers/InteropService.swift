import Foundation
public import InteropContract
public import RPC

/// The server of gRPC's interoperability tests, with every feature that their description names
/// (grpc/grpc, `doc/interop-test-descriptions.md`, "Server").
public struct InteropService: GRPCTesting.TestService {
  /// Serves without state.
  public init() {}

  /// EmptyCall: answers with nothing.
  public func emptyCall(
    _ request: GRPCTesting.Empty, context: ServerContext
  ) async throws -> GRPCTesting.Empty {
    GRPCTesting.Empty()
  }

  /// UnaryCall, with CompressedRequest, CompressedResponse, Echo Status and Echo Metadata.
  public func unaryCall(
    _ request: GRPCTesting.SimpleRequest, context: ServerContext
  ) async throws -> GRPCTesting.SimpleResponse {
    Self.echoMetadata(context)
    try Self.checkCompression(request.expectCompressed, context)
    context.setResponseCompression(request.responseCompressed?.value == true ? .gzip : .identity)
    try Self.echoStatus(request.responseStatus)
    var response = GRPCTesting.SimpleResponse()
    response.payload = try Self.payload(request.responseType, request.responseSize)
    return response
  }

  /// CacheableUnaryCall: the time in nanoseconds, and how long a proxy may keep it.
  public func cacheableUnaryCall(
    _ request: GRPCTesting.SimpleRequest, context: ServerContext
  ) async throws -> GRPCTesting.SimpleResponse {
    context.setInitialMetadata(["cache-control": "max-age=60, public"])
    var response = GRPCTesting.SimpleResponse()
    response.payload = GRPCTesting.Payload()
    response.payload?.body = Array("\(Int(Date().timeIntervalSince1970 * 1e9))".utf8)
    return response
  }

  /// StreamingOutputCall: one response for each of the parameters, after its interval.
  public func streamingOutputCall(
    _ request: GRPCTesting.StreamingOutputCallRequest,
    responses: RPCWriter<GRPCTesting.StreamingOutputCallResponse>, context: ServerContext
  ) async throws {
    Self.echoMetadata(context)
    // What is compressed is said message by message.
    context.setResponseCompression(.gzip)
    try await Self.answer(request, responses)
  }

  /// StreamingInputCall: the size of all payloads together; each says whether it is compressed.
  public func streamingInputCall(
    _ requests: RPCStream<GRPCTesting.StreamingInputCallRequest>, context: ServerContext
  ) async throws -> GRPCTesting.StreamingInputCallResponse {
    Self.echoMetadata(context)
    var response = GRPCTesting.StreamingInputCallResponse()
    for try await request in requests {
      try Self.checkCompression(request.expectCompressed, context)
      response.aggregatedPayloadSize += Int32(request.payload?.body.count ?? 0)
    }
    return response
  }

  /// FullDuplexCall: the responses of each request as it comes.
  public func fullDuplexCall(
    _ requests: RPCStream<GRPCTesting.StreamingOutputCallRequest>,
    responses: RPCWriter<GRPCTesting.StreamingOutputCallResponse>, context: ServerContext
  ) async throws {
    Self.echoMetadata(context)
    context.setResponseCompression(.gzip)
    for try await request in requests { try await Self.answer(request, responses) }
  }

  /// HalfDuplexCall: the responses of all requests, once the last has come.
  public func halfDuplexCall(
    _ requests: RPCStream<GRPCTesting.StreamingOutputCallRequest>,
    responses: RPCWriter<GRPCTesting.StreamingOutputCallResponse>, context: ServerContext
  ) async throws {
    Self.echoMetadata(context)
    context.setResponseCompression(.gzip)
    var waiting: [GRPCTesting.StreamingOutputCallRequest] = []
    for try await request in requests { waiting.append(request) }
    for request in waiting { try await Self.answer(request, responses) }
  }

  /// UnimplementedCall is what its name says.
  public func unimplementedCall(
    _ request: GRPCTesting.Empty, context: ServerContext
  ) async throws -> GRPCTesting.Empty {
    throw RPCError(.unimplemented, "UnimplementedCall is not implemented, on purpose")
  }

  // MARK: - Features

  private static func answer(
    _ request: GRPCTesting.StreamingOutputCallRequest,
    _ responses: RPCWriter<GRPCTesting.StreamingOutputCallResponse>
  ) async throws {
    try echoStatus(request.responseStatus)
    for parameters in request.responseParameters {
      if parameters.intervalUs > 0 {
        try await Task.sleep(for: .microseconds(parameters.intervalUs))
      }
      var response = GRPCTesting.StreamingOutputCallResponse()
      response.payload = try payload(request.responseType, parameters.size)
      try await responses.write(response, compressed: parameters.compressed?.value == true)
    }
  }

  private static func payload(
    _ type: GRPCTesting.PayloadType, _ size: Int32
  ) throws -> GRPCTesting.Payload {
    guard case .compressable = type else {
      throw RPCError(.invalidArgument, "response_type is \(type); only COMPRESSABLE is supported")
    }
    guard size >= 0 else { throw RPCError(.invalidArgument, "a size is \(size), less than 0") }
    var payload = GRPCTesting.Payload()
    payload.body = [UInt8](repeating: 0, count: Int(size))
    return payload
  }

  private static func echoStatus(_ status: GRPCTesting.EchoStatus?) throws {
    guard let status, status.code != 0 else { return }
    throw RPCError(StatusCode(rawValue: Int(status.code)) ?? .unknown, status.message)
  }

  private static func echoMetadata(_ context: ServerContext) {
    if let text = context.metadata[EchoedMetadata.initialName] {
      context.setInitialMetadata([EchoedMetadata.initialName: .text(text)])
    }
    if let bytes = context.metadata[bytes: EchoedMetadata.trailingName] {
      context.setTrailingMetadata([EchoedMetadata.trailingName: .bytes(bytes)])
    }
  }

  private static func checkCompression(
    _ expected: GRPCTesting.BoolValue?, _ context: ServerContext
  ) throws {
    guard let expected, expected.value != context.lastRequestWasCompressed else { return }
    throw RPCError(
      .invalidArgument,
      expected.value
        ? "expect_compressed is true, and the request is not compressed"
        : "expect_compressed is false, and the request is compressed")
  }
}

/// The metadata that the server sends back.
enum EchoedMetadata {
  /// Comes back before the first response.
  static let initialName = "x-grpc-test-echo-initial"
  /// Comes back with the status.
  static let trailingName = "x-grpc-test-echo-trailing-bin"
}

/// Admits everybody: test servers have nothing to hide.
public struct Everybody: AccessController {
  /// Admits everybody.
  public init() {}

  /// Admits everybody.
  public func authorize(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) async throws(RPCError) -> UserIdentity? { nil }

  /// Admits everybody.
  public func authorizeNow(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) throws(RPCError) -> AccessGrant? { AccessGrant(user: nil) }
}
