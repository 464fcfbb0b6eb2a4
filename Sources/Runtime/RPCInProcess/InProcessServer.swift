public import Observability
public import RPC
import Synchronization

/// A server without sockets: calls go to the handlers of a router in the same process.
///
/// Status, metadata, deadlines, cancellation, limits, backpressure and the access check are those of the
/// real transport; only the network is missing.
///
/// ```swift
/// let server = InProcessServer(RPCRouter(services: [TradingService()], accessController: guard))
/// let trading = TradingV1.TradingServiceClient(server.channel(as: PeerIdentity(service: "gateway")))
/// ```
public final class InProcessServer: Sendable {
  let router: RPCRouter
  let limits: CallLimits
  private let state = Mutex(State())

  private struct State {
    var isStopping = false
    var calls: [ObjectIdentifier: InProcessCall] = [:]
    var waiters: [UnsafeContinuation<Void, Never>] = []
  }

  /// Creates a server that is ready for calls.
  public init(_ router: RPCRouter, limits: CallLimits = CallLimits()) {
    self.router = router
    self.limits = limits
  }

  /// A channel to this server for a client with the given identity; nil is a client without certificate.
  ///
  /// - Parameter tracer: records the spans of its calls.
  public func channel(
    as peer: PeerIdentity? = nil, tracer: Tracer? = nil
  ) -> InProcessChannel {
    InProcessChannel(server: self, peer: peer, tracer: tracer)
  }

  /// Refuses new calls, waits for those under way, and cancels the ones that outlast the grace.
  public func stop(grace: Duration) async {
    self.state.withLock { $0.isStopping = true }
    let cutOff = Task {
      try await Task.sleep(for: grace)
      for call in self.state.withLock({ Array($0.calls.values) }) {
        call.end(RPCError(.unavailable, "the server has stopped"))
      }
    }
    await withUnsafeContinuation { continuation in
      let isIdle = self.state.withLock { state in
        if !state.calls.isEmpty { state.waiters.append(continuation) }
        return state.calls.isEmpty
      }
      if isIdle { continuation.resume() }
    }
    cutOff.cancel()
  }

  /// Whether new calls are refused.
  public var isStopping: Bool { self.state.withLock(\.isStopping) }

  /// The number of calls under way.
  public var callCount: Int { self.state.withLock { $0.calls.count } }

  func begin(_ call: InProcessCall) throws(RPCError) {
    let isStopping = self.state.withLock { state in
      if !state.isStopping { state.calls[ObjectIdentifier(call)] = call }
      return state.isStopping
    }
    if isStopping { throw RPCError(.unavailable, "the server is stopping") }
  }

  func end(_ call: InProcessCall) {
    let waiters = self.state.withLock { state -> [UnsafeContinuation<Void, Never>] in
      state.calls[ObjectIdentifier(call)] = nil
      guard state.calls.isEmpty else { return [] }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
