import RPC
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("WebSockets of sessions that end") struct SessionEndTests {
  private func open(_ live: LiveGateway, _ token: String) async throws -> TestWebSocket {
    let socket = try await TestWebSocket.open(live, headers: ["Authorization: Bearer \(token)"])
    #expect(try await socket.message().contains("authenticated"))
    return socket
  }

  /// What the session's end does to the gateway: tokens are refused first.
  private func end(_ session: String, at live: LiveGateway) {
    live.access.ended.insert(session)
    live.gateway.endSockets(of: [session, "of nobody here"])
  }

  @Test("all sockets of the session are closed with 4001, and their streams end; others stay")
  func closes() async throws {
    try await LiveGateway.run { live in
      let lost = [try await open(live, "trader+s1"), try await open(live, "trader+s1")]
      let others = [try await open(live, "trader+s2"), try await open(live, "trader")]
      try await lost[0].send(#"{"type":"subscribe","id":"o","channel":"orders"}"#)
      #expect(try await lost[0].message().contains("subscribed"))
      try await eventually { live.service.orders.listenerCount == 1 }
      #expect(live.gateway.sessionsWithSockets == 2)
      end("s1", at: live)
      for socket in lost {
        let close = try await socket.close()
        #expect(close.closeCode == 4001)
        #expect(close.closeReason == "the session has ended: log in again")
      }
      try await eventually { live.service.orders.listenerCount == 0 }
      #expect(live.gateway.sessionsWithSockets == 1)
      for socket in others {
        try await socket.send(#"{"type":"ping"}"#)
        #expect(try await socket.message() == #"{"type":"pong"}"#)
      }
      await #expect(throws: TestWebSocket.Refused.self) { try await open(live, "trader+s1") }
    }
  }

  @Test("a socket that takes a token of another session ends with that one, not with the first")
  func changes() async throws {
    try await LiveGateway.run { live in
      let socket = try await open(live, "trader+s1")
      try await socket.send(#"{"type":"authenticate","token":"trader+s2"}"#)
      #expect(try await socket.message().contains("authenticated"))
      end("s1", at: live)
      try await socket.send(#"{"type":"ping"}"#)
      #expect(try await socket.message() == #"{"type":"pong"}"#)
      end("s2", at: live)
      #expect(try await socket.close().closeCode == 4001)
    }
  }

  @Test("a session that ends while its socket is being opened takes it along")
  func endsMeanwhile() async throws {
    // The first look finds the token good; the session ends before the socket is known to be its own.
    let looks = Atomic(0)
    var access = ExampleAccess()
    let ended = access.ended
    access.didVerify = { user in
      if looks.add(1, ordering: .relaxed).oldValue == 0, let id = user.sessionID {
        ended.insert(id)
      }
    }
    try await LiveGateway.run(access: access) { live in
      let socket = try await TestWebSocket.open(live, headers: ["Authorization: Bearer trader+s1"])
      #expect(try await socket.close().closeCode == 4001)
      try await eventually { live.gateway.sessionsWithSockets == 0 }
    }
  }

  @Test("sockets that close are forgotten, whoever closes them, and those whose token ends")
  func forgets() async throws {
    try await LiveGateway.run { live in
      let closing = try await open(live, "trader+s1")
      let vanishing = try await open(live, "trader+s2")
      let expiring = try await TestWebSocket.open(
        live, headers: ["Authorization: Bearer trader+s3~1700000000"])
      #expect(try await expiring.message().contains("authenticated"))
      try await eventually { live.gateway.sessionsWithSockets == 2 }
      try await closing.send(.close, [3, 232])
      #expect(try await closing.close().closeCode == 1000)
      await vanishing.connection.close()
      try await eventually { live.gateway.sessionsWithSockets == 0 }
    }
  }
}
