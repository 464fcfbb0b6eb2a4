import Mesh
import RPC
import RPCTransport
import TestSupport
import Testing

/// Connections that servers end, and what the callers of a channel notice of it.
@Suite(.timeLimit(.minutes(5))) struct ConnectionTurnoverTests {
  let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  @Test func serverThatFindsPingsTooOftenIsAskedHalfAsOften() async throws {
    var connections = ConnectionManagement()
    connections.minimumPingInterval = .seconds(3_600)
    let server = try await mesh.serve(
      as: "trading", holding: HeldCalls(), connections: connections)
    try mesh.publish("trading", at: [server.port])
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.keepaliveInterval = .milliseconds(10)
      $0.keepaliveTimeout = .seconds(60)
    }
    for round in 1...3 {
      let error = await #expect(throws: RPCError.self) {
        try await channel.whoAmI(timeout: .seconds(3_600))
      }
      #expect(error?.code == .unavailable)
      #expect("\(String(describing: error))".contains("too_many_pings"))
      #expect(channel.keepaliveInterval == .milliseconds(10 << round))
    }
    try await eventually { server.counters[.tooManyPings] == 3 }
    await server.stop(grace: .zero)
  }
}
