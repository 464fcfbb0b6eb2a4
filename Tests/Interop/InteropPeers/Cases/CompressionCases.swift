import InteropContract
import RPC

extension InteropCalls {
  func clientCompressedUnary() async throws {
    func request(expectCompressed: Bool) -> GRPCTesting.SimpleRequest {
      var request = self.largeRequest()
      request.expectCompressed = self.wrapped(expectCompressed)
      return request
    }
    // The probe: a server that does not look at compression cannot be tested.
    try await self.expect(.invalidArgument) {
      try await self.client.unaryCall(request(expectCompressed: true))
    }
    for compressed in [true, false] {
      let response = try await self.client.unaryCall(
        request(expectCompressed: compressed),
        options: CallOptions(compression: compressed ? .gzip : .identity))
      try self.expect(response.payload, zeros: Self.largeResponseBytes)
    }
  }

  func clientCompressedStreaming() async throws {
    let (first, second) = (27_182, 45_904)
    try await self.expect(.invalidArgument) {
      try await self.client.streamingInputCall { requests in
        try await requests.write(self.inputRequest(first, expectCompressed: true))
      }
    }
    let response = try await self.client.streamingInputCall(
      options: CallOptions(compression: .gzip)
    ) { requests in
      try await requests.write(self.inputRequest(first, expectCompressed: true))
      try await requests.write(
        self.inputRequest(second, expectCompressed: false), compressed: false)
    }
    try self.expect("the aggregated size", response.aggregatedPayloadSize, is: 73_086)
  }

  func serverCompressedUnary() async throws {
    for compressed in [true, false] {
      let received = ResponseMetadata()
      var request = self.largeRequest()
      request.responseCompressed = self.wrapped(compressed)
      let response = try await self.client.unaryCall(
        request, options: CallOptions(responseMetadata: received))
      try self.expect(
        "the response's compression", received.lastResponseWasCompressed, is: compressed)
      try self.expect(response.payload, zeros: Self.largeResponseBytes)
    }
  }

  func serverCompressedStreaming() async throws {
    let expected = [(size: 31_415, compressed: true), (92_653, false)]
    var request = GRPCTesting.StreamingOutputCallRequest()
    request.responseParameters = expected.map { size, compressed in
      var parameters = GRPCTesting.ResponseParameters()
      parameters.size = Int32(size)
      parameters.compressed = self.wrapped(compressed)
      return parameters
    }
    let received = ResponseMetadata()
    var rest = expected[...]
    for try await response in try await self.client.streamingOutputCall(
      request, options: CallOptions(responseMetadata: received))
    {
      guard let (size, compressed) = rest.popFirst() else {
        throw InteropFailure(description: "there are more than two responses")
      }
      try self.expect(
        "the response's compression", received.lastResponseWasCompressed, is: compressed)
      try self.expect(response.payload, zeros: size)
    }
    try self.expect("the responses that are missing", rest.count, is: 0)
  }
}
