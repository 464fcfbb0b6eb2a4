internal import NIOCore
internal import Synchronization

/// Sent through every pipeline when the gateway drains: finish what is begun, then close.
struct DrainRequested: Sendable {}

/// The open connections of a gateway.
final class ConnectionRegistry: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any NIOCore.Channel] = [:]
    var isDraining = false
    var whenEmpty: [EventLoopPromise<Void>] = []
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) {
    self.limit = limit
  }

  /// How many connections are open.
  var count: Int { state.withLock { $0.channels.count } }

  /// Counts a connection in, until it closes; false when there are too many, or none is wanted.
  func add(_ channel: any NIOCore.Channel) -> Bool {
    let isAdded = state.withLock { state in
      guard state.channels.count < limit, !state.isDraining else { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
    guard isAdded else { return false }
    channel.closeFuture.whenComplete { _ in self.remove(channel) }
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

  private func remove(_ channel: any NIOCore.Channel) {
    let promises = state.withLock { state -> [EventLoopPromise<Void>] in
      state.channels[ObjectIdentifier(channel)] = nil
      guard state.channels.isEmpty else { return [] }
      defer { state.whenEmpty = [] }
      return state.whenEmpty
    }
    for promise in promises { promise.succeed() }
  }
}
