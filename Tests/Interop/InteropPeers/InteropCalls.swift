import InteropContract
import RPC

/// What the cases are made of: the client, the messages of their description, and what is expected of them.
struct InteropCalls: Sendable {
  let channel: any RPCChannel
  let client: GRPCTesting.TestServiceClient

  init(_ channel: any RPCChannel) {
    self.channel = channel
    self.client = GRPCTesting.TestServiceClient(channel)
  }

  /// A payload of that many zeros.
  func zeros(_ count: Int) -> GRPCTesting.Payload {
    var payload = GRPCTesting.Payload()
    payload.body = [UInt8](repeating: 0, count: count)
    return payload
  }

  func wrapped(_ value: Bool) -> GRPCTesting.BoolValue {
    var message = GRPCTesting.BoolValue()
    message.value = value
    return message
  }

  /// The sizes of a large call, which no window holds at once.
  static let largeRequestBytes = 271_828
  static let largeResponseBytes = 314_159

  /// The request of most unary cases.
  func largeRequest() -> GRPCTesting.SimpleRequest {
    var request = GRPCTesting.SimpleRequest()
    request.responseSize = Int32(Self.largeResponseBytes)
    request.payload = self.zeros(Self.largeRequestBytes)
    return request
  }

  func duplexRequest(
    responses sizes: [Int], payload: Int? = nil
  ) -> GRPCTesting.StreamingOutputCallRequest {
    var request = GRPCTesting.StreamingOutputCallRequest()
    request.payload = payload.map(self.zeros)
    request.responseParameters = sizes.map { size in
      var parameters = GRPCTesting.ResponseParameters()
      parameters.size = Int32(size)
      return parameters
    }
    return request
  }

  func inputRequest(
    _ count: Int, expectCompressed: Bool? = nil
  ) -> GRPCTesting.StreamingInputCallRequest {
    var request = GRPCTesting.StreamingInputCallRequest()
    request.payload = self.zeros(count)
    request.expectCompressed = expectCompressed.map(self.wrapped)
    return request
  }

  // MARK: - Expectations

  func expect<Value: Equatable>(
    _ what: String, _ value: Value, is expected: Value
  ) throws(InteropFailure) {
    guard value != expected else { return }
    throw InteropFailure(description: "\(what) is \(value), not \(expected)")
  }

  /// That a payload is so many zeros.
  func expect(
    _ payload: GRPCTesting.Payload?, zeros count: Int
  ) throws(InteropFailure) {
    guard let payload else { throw InteropFailure(description: "the response has no payload") }
    try self.expect("the payload's size", payload.body.count, is: count)
    // Compared whole: a closure for each of its bytes is most of what a test of large messages takes.
    guard payload.body == [UInt8](repeating: 0, count: count) else {
      throw InteropFailure(description: "the payload is not all zeros")
    }
  }

  /// That a call fails with this status.
  @discardableResult
  func expect<Value>(
    _ code: StatusCode, _ body: () async throws -> Value
  ) async throws -> RPCError {
    do {
      _ = try await body()
    } catch let error as RPCError {
      try self.expect("the status", error.code, is: code)
      return error
    }
    throw InteropFailure(description: "the call succeeded instead of failing with \(code.name)")
  }
}
