import InteropContract
import RPC

extension InteropCalls {
  func clientStreaming() async throws {
    let response = try await self.client.streamingInputCall { requests in
      for size in [27_182, 8, 1_828, 45_904] { try await requests.write(self.inputRequest(size)) }
    }
    try self.expect("the aggregated size", response.aggregatedPayloadSize, is: 74_922)
  }

  func serverStreaming() async throws {
    let sizes = [31_415, 9, 2_653, 58_979]
    var expected = sizes[...]
    for try await response in try await self.client.streamingOutputCall(
      self.duplexRequest(responses: sizes))
    {
      guard let size = expected.popFirst() else {
        throw InteropFailure(description: "there are more than four responses")
      }
      try self.expect(response.payload, zeros: size)
    }
    try self.expect("the responses that are missing", expected.count, is: 0)
  }

  func pingPong() async throws {
    let call = try await self.client.fullDuplexCall()
    var responses = call.responses.makeAsyncIterator()
    for (request, response) in [(27_182, 31_415), (8, 9), (1_828, 2_653), (45_904, 58_979)] {
      try await call.requests.write(self.duplexRequest(responses: [response], payload: request))
      try self.expect(try await responses.next()?.payload, zeros: response)
    }
    call.requests.finish()
    try self.expect("a fifth response is there", try await responses.next() != nil, is: false)
  }

  func emptyStream() async throws {
    let call = try await self.client.fullDuplexCall()
    call.requests.finish()
    var responses = call.responses.makeAsyncIterator()
    try self.expect("a response is there", try await responses.next() != nil, is: false)
  }
}
