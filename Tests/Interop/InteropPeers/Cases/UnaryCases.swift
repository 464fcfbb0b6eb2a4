import InteropContract
import RPC

extension InteropCalls {
  func emptyUnary() async throws {
    let response = try await self.client.emptyCall(GRPCTesting.Empty())
    try self.expect("the response", response, is: GRPCTesting.Empty())
  }

  func largeUnary() async throws {
    let response = try await self.client.unaryCall(self.largeRequest())
    try self.expect(response.payload, zeros: Self.largeResponseBytes)
  }

  func concurrentLargeUnary() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<1_000 {
        group.addTask { try await self.largeUnary() }
      }
      try await group.waitForAll()
    }
  }

  func customMetadata() async throws {
    let text = "test_initial_metadata_value"
    let bytes: [UInt8] = [0xab, 0xab, 0xab]
    func options() -> (CallOptions, ResponseMetadata) {
      let received = ResponseMetadata()
      let metadata: Metadata = [
        EchoedMetadata.initialName: .text(text), EchoedMetadata.trailingName: .bytes(bytes),
      ]
      return (CallOptions(metadata: metadata, responseMetadata: received), received)
    }
    func check(_ received: ResponseMetadata) throws {
      try self.expect(
        "the initial metadata", received.initial[EchoedMetadata.initialName], is: text)
      try self.expect(
        "the trailing metadata", received.trailing[bytes: EchoedMetadata.trailingName], is: bytes)
    }

    let (unary, unaryMetadata) = options()
    _ = try await self.client.unaryCall(self.largeRequest(), options: unary)
    try check(unaryMetadata)

    let (duplex, duplexMetadata) = options()
    let call = try await self.client.fullDuplexCall(options: duplex)
    try await call.requests.write(
      self.duplexRequest(
        responses: [Self.largeResponseBytes], payload: Self.largeRequestBytes))
    call.requests.finish()
    for try await response in call.responses {
      try self.expect(response.payload, zeros: Self.largeResponseBytes)
    }
    try check(duplexMetadata)
  }

  func status(_ code: StatusCode, _ message: String, alsoDuplex: Bool) async throws {
    var status = GRPCTesting.EchoStatus()
    status.code = Int32(code.rawValue)
    status.message = message

    var request = GRPCTesting.SimpleRequest()
    request.responseStatus = status
    let unary = try await self.expect(code) { [request] in
      try await self.client.unaryCall(request)
    }
    try self.expect("the message", unary.message, is: message)

    guard alsoDuplex else { return }
    let call = try await self.client.fullDuplexCall()
    var duplexRequest = GRPCTesting.StreamingOutputCallRequest()
    duplexRequest.responseStatus = status
    try await call.requests.write(duplexRequest)
    call.requests.finish()
    let duplex = try await self.expect(code) {
      for try await _ in call.responses {}
    }
    try self.expect("the message", duplex.message, is: message)
  }

  func unimplementedMethod() async throws {
    try await self.expect(.unimplemented) {
      try await self.client.unimplementedCall(GRPCTesting.Empty())
    }
  }

  func unimplementedService() async throws {
    let client = GRPCTesting.UnimplementedServiceClient(self.channel)
    try await self.expect(.unimplemented) {
      try await client.unimplementedCall(GRPCTesting.Empty())
    }
  }
}
