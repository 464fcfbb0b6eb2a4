import Core
import Protobuf
import RPC
import TestSupport
import Testing
import TradingContract

@testable import Gateway

@Suite("Snapshots larger than the room for a slow reader")
struct LargeSnapshotTests {
  private static let subscribe = #"{"type":"subscribe","id":"o","channel":"orders"}"#

  @Test("Ten thousand working orders reach a reader that reads, and so do the updates behind them")
  func tenThousandOrders() async throws {
    let snapshot = Self.snapshot(of: 10_000)
    // What the limit of trading lets an account have fits one message of the mesh.
    #expect(snapshot.serialized().count < CallLimits().messageBytes)
    try await LiveGateway.run { live in
      live.service.orders.first = snapshot
      let socket = try await TestWebSocket.open(
        live, headers: ["Authorization: Bearer trader"], receiveBuffer: 4096)
      #expect(try await socket.message().contains("authenticated"))
      try await socket.connection.setReading(false)
      try await socket.send(Self.subscribe)
      try await eventually { live.service.orders.listenerCount == 1 }
      let updates = 1...100 as ClosedRange<Int64>
      for sequence in updates { live.service.orders.send(Self.update(sequence)) }
      try await eventually { live.service.orders.forwardedCount == updates.count }
      try await socket.connection.setReading(true)
      #expect(try await socket.message().contains("subscribed"))
      let text = try await socket.message()
      #expect(text.hasPrefix(#"{"type":"snapshot","id":"o","channel":"orders""#))
      #expect(text.utf8.count > 16 * WebSocketLimits().queuedBytes)
      #expect(text.matches(of: /"orderId":/).count == 10_000)
      for sequence in updates {
        let update = try await socket.message()
        #expect(
          update.hasPrefix(
            #"{"type":"update","id":"o","channel":"orders","sequence":"\#(sequence)""#))
      }
    }
  }

  @Test("Behind a snapshot that nobody reads updates have their room and no more")
  func roomBehind() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.webSocket.socketBytes = 16 * 1024
    configuration.limits.webSocket.queuedBytes = 32 * 1024
    try await LiveGateway.run(configuration) { live in
      live.service.orders.first = Self.snapshot(of: 1_000)
      let socket = try await TestWebSocket.open(
        live, headers: ["Authorization: Bearer trader"], receiveBuffer: 4096)
      #expect(try await socket.message().contains("authenticated"))
      try await socket.connection.setReading(false)
      try await socket.send(Self.subscribe)
      try await eventually { live.service.orders.listenerCount == 1 }
      for sequence in 1...30_000 as ClosedRange<Int64> {
        live.service.orders.send(Self.update(sequence))
        if live.service.orders.listenerCount == 0 { break }
        if sequence % 100 == 0 { try await Task.sleep(for: .milliseconds(2)) }
      }
      try await eventually { live.service.orders.listenerCount == 0 }
      try await socket.connection.setReading(true)
      let close = try await socket.close()
      #expect(close.closeCode == 4008)
      #expect(close.closeReason.contains("too slow"))
    }
  }

  @Test("A snapshot that is read too slowly ends the socket, however much of it is written already")
  func stalls() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.webSocket.socketBytes = 16 * 1024
    configuration.limits.webSocket.stallTimeout = .milliseconds(300)
    try await LiveGateway.run(configuration) { live in
      live.service.orders.first = Self.snapshot(of: 1_000)
      let socket = try await TestWebSocket.open(
        live, headers: ["Authorization: Bearer trader"], receiveBuffer: 4096)
      #expect(try await socket.message().contains("authenticated"))
      try await socket.connection.setReading(false)
      try await socket.send(Self.subscribe)
      try await eventually { live.log.lines.contains { $0.message == "slow consumer closed" } }
      try await eventually { live.service.orders.listenerCount == 0 }
    }
  }

  /// Orders with every member that a working order may have, each as long as it may be.
  private static func snapshot(of count: Int) -> TradingV1.OrderUpdate {
    .with { update in
      update.change = .snapshot(.with { $0.orders = (0..<count).map { order($0) } })
    }
  }

  private static func order(_ index: Int) -> TradingV1.Order {
    let id = "01930000-0000-7000-8000-\(twelve(index))"
    return .with { order in
      order.orderID = id
      order.clientOrderID = String(repeating: "x", count: 64)
      order.userID = id
      order.symbol = "BERKSHIRE-BB"
      order.side = .buy
      order.type = .limit
      let amount = Decimal(unscaled: 10_000_123_456_789_012_345_678, scale: 18)
      (order.quantity, order.limitPrice, order.filledQuantity) = (amount, amount, amount)
      (order.averagePrice, order.fees) = (amount, amount)
      order.status = .partiallyFilled
      order.version = 1_000_000
      order.createdAt = .with { ($0.seconds, $0.nanos) = (1_800_000_000, 123_456_000) }
      order.updatedAt = .with { ($0.seconds, $0.nanos) = (1_800_000_000, 123_456_000) }
      order.connectionID = id
    }
  }

  private static func twelve(_ index: Int) -> String {
    let digits = "\(index)"
    return String(repeating: "0", count: 12 - digits.count) + digits
  }

  private static func update(_ sequence: Int64) -> TradingV1.OrderUpdate {
    .with {
      $0.sequence = sequence
      $0.change = .order(.with { $0.orderID = "order-\(sequence)" })
    }
  }
}
