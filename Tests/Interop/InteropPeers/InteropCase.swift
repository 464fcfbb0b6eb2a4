public import RPC

/// A case of gRPC's interoperability tests, by its official name (grpc/grpc,
/// `doc/interop-test-descriptions.md`, "Client").
///
/// These are all that need neither a proxy nor somebody's cloud.
public enum InteropCase: String, CaseIterable, Sendable {
  case emptyUnary = "empty_unary"
  case largeUnary = "large_unary"
  case clientCompressedUnary = "client_compressed_unary"
  case serverCompressedUnary = "server_compressed_unary"
  case clientStreaming = "client_streaming"
  case clientCompressedStreaming = "client_compressed_streaming"
  case serverStreaming = "server_streaming"
  case serverCompressedStreaming = "server_compressed_streaming"
  case pingPong = "ping_pong"
  case emptyStream = "empty_stream"
  case customMetadata = "custom_metadata"
  case statusCodeAndMessage = "status_code_and_message"
  case specialStatusMessage = "special_status_message"
  case unimplementedMethod = "unimplemented_method"
  case unimplementedService = "unimplemented_service"
  case cancelAfterBegin = "cancel_after_begin"
  case cancelAfterFirstResponse = "cancel_after_first_response"
  case timeoutOnSleepingServer = "timeout_on_sleeping_server"
  /// Not among the official cases yet: their description names it as one to come.
  case concurrentLargeUnary = "concurrent_large_unary"

  /// Plays the case with a server.
  ///
  /// - Throws: `InteropFailure` if the server does not do what is expected, `RPCError` if a call fails that
  ///   should not.
  public func run(_ channel: any RPCChannel) async throws {
    let calls = InteropCalls(channel)
    switch self {
    case .emptyUnary: try await calls.emptyUnary()
    case .largeUnary: try await calls.largeUnary()
    case .clientCompressedUnary: try await calls.clientCompressedUnary()
    case .serverCompressedUnary: try await calls.serverCompressedUnary()
    case .clientStreaming: try await calls.clientStreaming()
    case .clientCompressedStreaming: try await calls.clientCompressedStreaming()
    case .serverStreaming: try await calls.serverStreaming()
    case .serverCompressedStreaming: try await calls.serverCompressedStreaming()
    case .pingPong: try await calls.pingPong()
    case .emptyStream: try await calls.emptyStream()
    case .customMetadata: try await calls.customMetadata()
    case .statusCodeAndMessage:
      try await calls.status(.unknown, "test status message", alsoDuplex: true)
    case .specialStatusMessage:
      try await calls.status(
        .unknown,
        "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n", alsoDuplex: false)
    case .unimplementedMethod: try await calls.unimplementedMethod()
    case .unimplementedService: try await calls.unimplementedService()
    case .cancelAfterBegin: try await calls.cancelAfterBegin()
    case .cancelAfterFirstResponse: try await calls.cancelAfterFirstResponse()
    case .timeoutOnSleepingServer: try await calls.timeoutOnSleepingServer()
    case .concurrentLargeUnary: try await calls.concurrentLargeUnary()
    }
  }
}

/// What a server did that a case does not expect.
public struct InteropFailure: Error, CustomStringConvertible {
  /// What was expected, and what came.
  public let description: String
}
