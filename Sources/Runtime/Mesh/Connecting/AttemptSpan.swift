internal import Observability
internal import RPC

/// The span of one attempt of a call, which ends when the transport says that the attempt has.
final class AttemptSpan: CallObserver {
  private let span: Span
  private let subchannel: Subchannel

  private init(_ span: Span, _ subchannel: Subchannel) {
    self.span = span
    self.subchannel = subchannel
  }

  /// Who is to be told how the attempt ends: the subchannel alone where there is no span.
  static func observer(of span: Span?, _ subchannel: Subchannel) -> any CallObserver {
    guard let span else { return subchannel }
    switch subchannel.address {
    case .tcp(let host, let port):
      span.set("network.peer.address", .text(host))
      span.set("network.peer.port", .integer(port))
    case .unix(let path): span.set("network.peer.address", .text(path))
    }
    return AttemptSpan(span, subchannel)
  }

  func callEnded(_ kind: CallKind, _ failure: RPCError?, isServers: Bool, after time: Duration) {
    subchannel.callEnded(kind, failure, isServers: isServers, after: time)
    RPCSpan.end(span, client: failure, failure?.code ?? .ok)
  }
}
