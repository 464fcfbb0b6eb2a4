import EdgeClient
import NIOHTTP1
import TLS
import TestSupport
import Testing

/// The edge's client, and below it TLS as a channel handler, against a real socket.
@Suite(.timeLimit(.minutes(5))) struct EdgeClientTests {
  @Test func sendsARequestAndReadsTheAnswer() async throws {
    let response = try await EchoEdge.serving { port, authority in
      try await EdgeClient(port: port, trustedAuthoritiesPath: authority)
        .send(.POST, "/api/orders?a=b", json: Array(#"{"symbol":"AAPL"}"#.utf8), token: "t.o.k")
    }
    #expect(response.status == 202)
    #expect(response.text == "POST /api/orders?a=b Bearer t.o.k\n" + #"{"symbol":"AAPL"}"#)
  }

  @Test("a body of many TLS records arrives whole, both ways")
  func largeBody() async throws {
    let body = String(repeating: "0123456789abcdef", count: 1 << 16)
    let response = try await EchoEdge.serving { port, authority in
      try await EdgeClient(port: port, trustedAuthoritiesPath: authority)
        .send(.PUT, "/large", json: Array(body.utf8))
    }
    #expect(response.text == "PUT /large -\n" + body)
  }

  @Test func manyRequestsAtOnce() async throws {
    try await EchoEdge.serving { port, authority in
      let client = try EdgeClient(port: port, trustedAuthoritiesPath: authority)
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<50 {
          group.addTask {
            try await client.send(.GET, "/\(number)").text == "GET /\(number) -\n"
          }
        }
        for try await matches in group { #expect(matches) }
      }
    }
  }

  @Test func refusesAServerOfAnotherAuthority() async throws {
    let stranger = try TestCertificates()
    await #expect(throws: (any Error).self) {
      try await EchoEdge.serving { port, _ in
        try await EdgeClient(port: port, trustedAuthoritiesPath: stranger.authorityPath)
          .send(.GET, "/")
      }
    }
  }

  @Test func speaksOverAWebSocket() async throws {
    let answers = try await EchoEdge.serving { port, authority in
      try await EdgeClient(port: port, trustedAuthoritiesPath: authority)
        .withWebSocket { socket in
          try await socket.send("one ")
          try await socket.send("two ")
          var answers: [String] = []
          for await message in socket.messages {
            answers.append(message)
            if answers.count == 2 { break }
          }
          return answers
        }
    }
    #expect(answers == ["one one ", "two two "])
  }

  @Test("a message that comes with the answer that opens a WebSocket is heard")
  func hearsTheFirstMessage() async throws {
    for _ in 0..<20 {
      let first = try await EchoEdge.serving { port, authority in
        try await EdgeClient(port: port, trustedAuthoritiesPath: authority)
          .withWebSocket(path: "/greeting") { socket in
            try await socket.send("!")
            var messages = socket.messages.makeAsyncIterator()
            return await messages.next()
          }
      }
      #expect(first == "welcome")
    }
  }

  @Test func tellsThatAWebSocketWasRefused() async throws {
    await #expect(throws: EdgeClient.Failure.self) {
      try await EchoEdge.serving { port, authority in
        try await EdgeClient(port: port, trustedAuthoritiesPath: authority)
          .withWebSocket(path: "/refused") { _ in }
      }
    }
  }
}
