public import RPC

/// The way to each service behind the edge.
public struct Upstreams: Sendable {
  private let channels: [String: any RPCChannel]

  /// Names the way to each service.
  ///
  /// - Parameter channels: Channels by the full name of the service in its contract, such as
  ///   `alphintra.trading.v1.TradingService`.
  public init(_ channels: [String: any RPCChannel]) {
    self.channels = channels
  }

  /// The way to a method's service.
  ///
  /// - Throws: a problem that says the request was not started.
  func channel(of method: MethodDescriptor) throws(Problem) -> any RPCChannel {
    guard let channel = channels[method.service] else {
      throw .serviceUnknown(method.service)
    }
    return channel
  }
}
