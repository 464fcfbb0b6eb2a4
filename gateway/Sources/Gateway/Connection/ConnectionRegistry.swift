internal import NIOCore
internal import Synchronization

/// Sent through every pipeline when the gateway drains: finish what is begun, then close.
struct DrainRequested: Sendable {}

/// The open connections of a gateway.
final class ConnectionRegistry: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any NIOCore.Channel] = [:]
    var counts: [IPAddress: Int] = [:]
    var isDraining = false
    var whenEmpty: [EventLoopPromise<Void>] = []
  }

  private let limit: Int
  private let limitPerAddress: Int
  private let proxies: TrustedProxies
  private let state = Mutex(State())

  init(limit: Int, limitPerAddress: Int, proxies: TrustedProxies) {
    self.limit = limit
    self.limitPerAddress = limitPerAddress
    self.proxies = proxies
  }

  /// How many connections are open.
  var count: Int { state.withLock { $0.channels.count } }

  /// Counts a connection in, until it closes; false when there are too many, or none is wanted.
  func add(_ channel: any NIOCore.Channel) -> Bool {
    let address = channel.remoteAddress.flatMap(IPAddress.init)
    // Many clients stand behind a proxy: it is no one address.
    let counted = address.flatMap { proxies.contains($0) ? nil : $0.subscriber }
    let isAdded = state.withLock { state in
      guard state.channels.count < limit, !state.isDraining else { return false }
      if let counted {
        guard state.counts[counted, default: 0] < limitPerAddress else { return false }
        state.counts[counted, default: 0] += 1
      }
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
    guard isAdded else { return false }
    channel.closeFuture.whenComplete { _ in self.remove(channel, of: counted) }
    return true
  }

  /// Asks every connection to finish.
  ///
  /// - Parameter whenEmpty: Succeeds when the last one has closed.
  func drain(whenEmpty: EventLoopPromise<Void>) {
    let channels = state.withLock { state in
      state.isDraining = true
      if !state.channels.isEmpty { state.whenEmpty.append(whenEmpty) }
      return Array(state.channels.values)
    }
    if channels.isEmpty { whenEmpty.succeed() }
    for channel in channels { channel.pipeline.fireUserInboundEventTriggered(DrainRequested()) }
  }

  /// Closes what is left.
  func closeAll() {
    let channels = state.withLock { Array($0.channels.values) }
    for channel in channels { channel.close(promise: nil) }
  }

  private func remove(_ channel: any NIOCore.Channel, of address: IPAddress?) {
    let promises = state.withLock { state -> [EventLoopPromise<Void>] in
      if let address {
        let left = state.counts[address, default: 1] - 1
        state.counts[address] = left == 0 ? nil : left
      }
      state.channels[ObjectIdentifier(channel)] = nil
      guard state.channels.isEmpty else { return [] }
      defer { state.whenEmpty = [] }
      return state.whenEmpty
    }
    for promise in promises { promise.succeed() }
  }
}
