public import HTTP2
import Synchronization
import TLS

/// What happens to the connections of a server, as far as it is worth counting.
public enum ConnectionEvent: Sendable, Hashable {
  /// A client connected.
  case accepted
  /// A connection was ended because it had no calls (gRFC A9).
  case idle
  /// A connection was ended because its time was up (gRFC A9).
  case aged
  /// A connection whose time was up was closed though calls were under way (gRFC A9).
  case overstayed
  /// A connection was closed because the client gave no sign of life (gRFC A8).
  case keepaliveTimeout
  /// A connection was closed because the client pinged too often (gRFC A8).
  case tooManyPings
  /// A connection was closed because the client took nothing of the responses that waited for it.
  case stalled
  /// A call was ended because the client took nothing of its response, while it took others.
  case stalledCall
  /// A call was ended because too many bytes of messages were held, for its connection or for all.
  case memoryExhausted
  /// A connection was closed because its handshakes took too long.
  case handshakeTimeout
  /// A connection was closed because the client did too much of what is harmless.
  case flood(FloodGuard.Kind)
  /// A connection was refused or cut off because the deny-list names the client.
  case denied
  /// A connection was closed because the client does not speak HTTP/2 as RFC 9113 says.
  case protocolError

  /// Every event there is.
  public static let all =
    [
      .accepted, .idle, .aged, .overstayed, .keepaliveTimeout, .tooManyPings, .stalled,
      .stalledCall,
      .memoryExhausted, .handshakeTimeout, .denied, .protocolError,
    ] + FloodGuard.Kind.allCases.map { Self.flood($0) }

  /// The name of its counter, in snake case.
  public var name: String {
    switch self {
    case .accepted: "accepted"
    case .idle: "idle"
    case .aged: "aged"
    case .overstayed: "overstayed"
    case .keepaliveTimeout: "keepalive_timeout"
    case .tooManyPings: "too_many_pings"
    case .stalled: "stalled"
    case .stalledCall: "stalled_call"
    case .memoryExhausted: "memory_exhausted"
    case .handshakeTimeout: "handshake_timeout"
    case .denied: "denied"
    case .flood(let kind): "flood_\(kind.counterName)"
    case .protocolError: "protocol_error"
    }
  }

  /// What the end of a connection is counted as; nil for one that is nothing special.
  init?(endedBy error: any Error) {
    switch error {
    case ConnectionError.keepaliveTimeout: self = .keepaliveTimeout
    case ConnectionError.tooManyPings: self = .tooManyPings
    case ConnectionError.stalled: self = .stalled
    case ConnectionError.tooOld: self = .overstayed
    case ConnectionError.handshakeTimeout: self = .handshakeTimeout
    case let error as TLSError where error.code == .peerDenied: self = .denied
    case HTTP2Error.flood(let kind): self = .flood(kind)
    case HTTP2Error.library: self = .protocolError
    default: return nil
    }
  }
}

/// How often each event has happened since the server started.
public struct ConnectionCounters: Sendable, Hashable {
  private var counts: [ConnectionEvent: Int] = [:]

  /// The number of times.
  public internal(set) subscript(event: ConnectionEvent) -> Int {
    get { self.counts[event, default: 0] }
    set { self.counts[event] = newValue }
  }
}
