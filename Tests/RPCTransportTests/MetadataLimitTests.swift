import RPC
import TestSupport
import Testing
import TestingContract

/// Metadata that is too much is named as that, and nothing of it goes out.
@Suite(.timeLimit(.minutes(5))) struct MetadataLimitTests {
  /// Larger than the limit of a block, which is 16 KiB.
  private static let tooMuch = [UInt8](repeating: 1, count: 20_000)

  @Test("a client does not send it", arguments: Transport.allCases)
  func request(transport: Transport) async throws {
    try await transport.withClient { client in
      var options = CallOptions()
      try options.metadata.add("x-large-bin", bytes: Self.tooMuch)
      let error = await #expect(throws: RPCError.self) {
        try await client.echo(TestingV1.EchoRequest(), options: options)
      }
      #expect(error?.code == .resourceExhausted)
      #expect(
        error?.message
          == "the request's metadata of 26710 bytes in 1 values is over the limit of 16384 bytes in 128 values"
      )
      let next = try await client.echo(TestingV1.EchoRequest())
      #expect(next == TestingV1.EchoResponse())
    }
  }

  @Test("as much as the limit allows arrives", arguments: Transport.allCases)
  func limit(transport: Transport) async throws {
    try await transport.withClient { client in
      var options = CallOptions()
      let name = "x-echo"
      let size = MetadataLimits().bytes - name.utf8.count - 32
      // Back it comes as x-initial and x-trailing, whose names are longer.
      try options.metadata.add(name, String(repeating: "x", count: size - 16))
      let received = ResponseMetadata()
      options.responseMetadata = received
      _ = try await client.echo(TestingV1.EchoRequest(), options: options)
      #expect(received.initial["x-initial"]?.utf8.count == size - 16)
      #expect(received.trailing["x-trailing"]?.utf8.count == size - 16)
    }
  }

  @Test(
    "a handler's is replaced by the failure", arguments: Transport.allCases,
    ["initial", "trailing"])
  func response(transport: Transport, block: String) async throws {
    var service = TestingServiceImplementation()
    let metadata = try {
      var metadata = Metadata()
      try metadata.add("x-large-bin", bytes: Self.tooMuch)
      return metadata
    }()
    service.beforeAnswer = { context in
      if block == "initial" {
        context.setInitialMetadata(metadata)
      } else {
        context.setTrailingMetadata(metadata)
      }
    }
    try await transport.withClient(service) { client in
      let unary = await #expect(throws: RPCError.self) {
        try await client.echo(TestingV1.EchoRequest())
      }
      #expect(unary?.code == .resourceExhausted)
      #expect(unary?.message.hasPrefix("the response's \(block) metadata of 26710 bytes") == true)

      var request = TestingV1.EchoRequest()
      request.count = 2
      var responses = try await client.expand(request).makeAsyncIterator()
      let streamed = await #expect(throws: RPCError.self) {
        while try await responses.next() != nil {}
      }
      #expect(streamed?.code == .resourceExhausted)
      #expect(streamed?.message == unary?.message)
    }
  }

  @Test("a failure that is too large keeps its code", arguments: Transport.allCases)
  func failure(transport: Transport) async throws {
    try await transport.withClient { client in
      var request = TestingV1.EchoRequest()
      request.failCode = Int32(StatusCode.notFound.rawValue)
      request.failMessage = String(repeating: "ö", count: 20_000)
      let error = await #expect(throws: RPCError.self) {
        try await client.echo(request)
      }
      #expect(error?.code == .notFound)
      #expect(error?.message == String(repeating: "ö", count: 512))
      #expect(error?.details == [])
    }
  }
}
