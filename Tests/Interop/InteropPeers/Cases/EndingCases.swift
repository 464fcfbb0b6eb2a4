import InteropContract
import RPC

/// Cases of calls that are given up.
extension InteropCalls {
  func cancelAfterBegin() async throws {
    let call = try await self.channel.open(
      CallHead(GRPCTesting.TestServiceMethods.streamingInputCall, CallOptions()))
    call.cancel()
    try await self.expect(.cancelled) { try await call.next() }
  }

  func cancelAfterFirstResponse() async throws {
    let call = try await self.client.fullDuplexCall()
    var responses = call.responses.makeAsyncIterator()
    try await call.requests.write(self.duplexRequest(responses: [31_415], payload: 27_182))
    try self.expect(try await responses.next()?.payload, zeros: 31_415)
    call.cancel()
    try await self.expect(.cancelled) { try await responses.next() }
  }

  func timeoutOnSleepingServer() async throws {
    try await self.expect(.deadlineExceeded) {
      let call = try await self.client.fullDuplexCall(
        options: CallOptions(timeout: .milliseconds(1)))
      try await call.requests.write(self.duplexRequest(responses: [], payload: 27_182))
      for try await _ in call.responses {}
    }
  }
}
