/// Why a stream or a connection ended (RFC 9113, 7).
public struct HTTP2ErrorCode: RawRepresentable, Sendable, Hashable {
  /// The code on the wire.
  public let rawValue: UInt32

  /// Creates a code, known or not.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Nothing is wrong.
  public static let noError = HTTP2ErrorCode(rawValue: 0)
  /// The peer broke the protocol.
  public static let protocolError = HTTP2ErrorCode(rawValue: 1)
  /// Something went wrong inside.
  public static let internalError = HTTP2ErrorCode(rawValue: 2)
  /// The peer broke flow control.
  public static let flowControlError = HTTP2ErrorCode(rawValue: 3)
  /// The stream was refused before anything was done for it.
  public static let refusedStream = HTTP2ErrorCode(rawValue: 7)
  /// The stream is not needed any more.
  public static let cancel = HTTP2ErrorCode(rawValue: 8)
  /// The peer does something at a rate that is not reasonable.
  public static let enhanceYourCalm = HTTP2ErrorCode(rawValue: 11)
  /// The transport is not secure enough.
  public static let inadequateSecurity = HTTP2ErrorCode(rawValue: 12)
}

extension HTTP2ErrorCode: CustomStringConvertible {
  /// The name in RFC 9113, or the number of a code that is not there.
  public var description: String {
    let names = [
      "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
      "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
      "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]
    return Int(self.rawValue) < names.count ? names[Int(self.rawValue)] : "0x\(self.rawValue)"
  }
}

/// Why an HTTP/2 connection cannot start or go on.
public enum HTTP2Error: Error, Sendable, Hashable {
  /// The installed libnghttp2 lacks a protection that we rely on.
  case unsafeLibrary(version: String, missing: String)
  /// The peer does something harmless in a harmful amount.
  case flood(FloodGuard.Kind)
  /// libnghttp2 refused; the text is its own.
  case library(code: Int, text: String)
}

extension HTTP2Error: CustomStringConvertible {
  /// The failure in words.
  public var description: String {
    switch self {
    case .unsafeLibrary(let version, let missing):
      "libnghttp2 \(version) lacks \(missing): install one that limits stream resets and CONTINUATION"
    case .flood(let kind): "the peer floods the connection with \(kind.rawValue)"
    case .library(let code, let text): "nghttp2: \(text) (\(code))"
    }
  }
}
