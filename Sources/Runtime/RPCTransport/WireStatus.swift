import HTTP2
import Protobuf
import RPC

/// How statuses and metadata look as header fields.
enum WireStatus {
  static let contentType = "application/grpc"

  /// The head of a response without metadata, in a call that has nothing to do with compression.
  static let responseHead = FixedHTTP2Headers(Self.responseHead(Metadata()))

  /// The trailers of a call that succeeded, without metadata.
  static let okTrailers = FixedHTTP2Headers(Self.trailers(.ok))

  /// The head of a response.
  ///
  /// - Parameters:
  ///   - compression: How the messages are compressed.
  ///   - statesAccepted: Whether it says how messages to us may be compressed.
  static func responseHead(
    _ metadata: Metadata, compression: Compression = .identity, statesAccepted: Bool = false
  ) -> HTTP2Headers {
    var headers = HTTP2Headers()
    headers.add(":status", "200")
    headers.add("content-type", Self.contentType)
    if case .gzip = compression { headers.add(WireCompression.encodingName, "gzip") }
    if statesAccepted { headers.add(WireCompression.acceptName, WireCompression.accepted) }
    headers.add(metadata)
    return headers
  }

  /// The trailers of a call.
  static func trailers(_ end: CallEnd) -> HTTP2Headers {
    var headers = HTTP2Headers()
    headers.addStatus(end.failure, end.trailing)
    return headers
  }

  /// A response that is nothing but a status.
  static func trailersOnly(_ end: CallEnd, initial: Metadata) -> HTTP2Headers {
    var headers = Self.responseHead(initial)
    headers.addStatus(end.failure, end.trailing)
    return headers
  }

  /// A response to something that is not gRPC, or not acceptable as HTTP.
  static func refusal(httpStatus: Int, _ error: RPCError) -> HTTP2Headers {
    var headers = HTTP2Headers()
    headers.add(":status", String(httpStatus))
    headers.add("content-type", Self.contentType)
    headers.addStatus(error, Metadata())
    return headers
  }

  /// The status that the end of a stream without one means (gRPC over HTTP/2, "Errors").
  static func error(of code: HTTP2ErrorCode) -> RPCError {
    switch code {
    case .cancel: RPCError(.cancelled, "the server cancelled the call")
    case .refusedStream:
      RPCError(.unavailable, "the server refused the call", cause: CallNotProcessed(wasSent: true))
    case .enhanceYourCalm: RPCError(.resourceExhausted, "the server is asked for too much")
    case .inadequateSecurity: RPCError(.permissionDenied, "the connection is not secure enough")
    default: RPCError(.internal, "the server broke the call off with \(code)")
    }
  }

  /// The status that an HTTP status without a gRPC one means (gRPC, "HTTP to gRPC Status Code Mapping").
  static func error(httpStatus: String) -> RPCError {
    let code: StatusCode =
      switch httpStatus {
      case "400": .internal
      case "401": .unauthenticated
      case "403": .permissionDenied
      case "404": .unimplemented
      case "429", "502", "503", "504": .unavailable
      default: .unknown
      }
    return RPCError(code, "the server answered with HTTP status \(httpStatus) and no gRPC status")
  }
}

/// The cause of an UNAVAILABLE call that no handler of the server has seen, so that anyone may repeat it.
public struct CallNotProcessed: Error, Sendable, Hashable {
  /// Whether the call went out and the server refused it; else it never left this process.
  public let wasSent: Bool

  /// Creates the mark.
  public init(wasSent: Bool) {
    self.wasSent = wasSent
  }
}

extension HTTP2Headers {
  /// Adds metadata as it looks on the wire.
  mutating func add(_ metadata: Metadata) {
    for element in metadata.elements {
      switch element.value {
      case .text(let text): self.add(element.name, text)
      case .bytes(let bytes): self.add(element.name, Base64.encodeUnpadded(bytes))
      }
    }
  }

  fileprivate mutating func addStatus(_ error: RPCError?, _ metadata: Metadata) {
    guard let error else {
      self.add("grpc-status", "0")
      return self.add(metadata)
    }
    self.add("grpc-status", String(error.code.rawValue))
    if !error.message.isEmpty { self.add("grpc-message", StatusMessage.encode(error.message)) }
    if !error.details.isEmpty {
      self.add("grpc-status-details-bin", Base64.encodeUnpadded(StatusDetails.encode(error)))
    }
    if error.code == .unimplemented {
      self.add(WireCompression.acceptName, WireCompression.accepted)
    }
    if let pushback = error.pushback { self.add(RetryPushback.headerName, pushback.header) }
    self.add(metadata)
    self.add(error.metadata)
  }
}
