/// The requests of a call, counted as the handler takes them.
final class CountedRequests: MessageSource {
  private let requests: any MessageSource
  private let call: ServerCall

  init(_ requests: any MessageSource, of call: ServerCall) {
    self.requests = requests
    self.call = call
  }

  func next() async throws(RPCError) -> [UInt8]? {
    guard let message = try await self.requests.next() else { return nil }
    self.call.received(message.count)
    return message
  }
}

/// The responses of a call, counted as the handler writes them.
final class CountedResponses: MessageSink {
  private let responses: any MessageSink
  private let call: ServerCall

  init(_ responses: any MessageSink, of call: ServerCall) {
    self.responses = responses
    self.call = call
  }

  func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    try await self.responses.write(message, compressed: compressed)
    self.call.sent(message.count)
  }
}
